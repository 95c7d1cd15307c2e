"""occupier replaces a newsroom's automatic posts by strike messages, and logs every substitution."""

__version__ = "0.1.0"
