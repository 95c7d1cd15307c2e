"""Deeds: what people say is written down, and takes effect from then on."""
