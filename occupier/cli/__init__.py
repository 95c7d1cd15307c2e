"""What people type: thin faces that parse, call one service, and show."""

from occupier.cli.entry import main

__all__ = ["main"]
