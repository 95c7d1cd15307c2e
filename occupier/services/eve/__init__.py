"""The eve: what can be known, shown and tried before a strike."""
