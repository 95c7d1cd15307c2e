"""Figures of speed and size, each measured beside something known in the same run: ``python -m benchmarks``."""
