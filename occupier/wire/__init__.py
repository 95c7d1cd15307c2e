"""The wire: one call at a time, with an end, a first byte that is noticed, and no secret in what it says."""
