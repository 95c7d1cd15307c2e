"""The machine's own word: what feeds it, when it sleeps, how much room there is, and who may read its files."""

from occupier.machine.system import ThisMachine

__all__ = ["ThisMachine"]
