"""The strike feed: the newsroom's feed as its usual tool must read it."""
