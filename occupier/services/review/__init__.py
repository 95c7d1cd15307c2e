"""Review: how things stand, what became of a strike, and who is told."""
