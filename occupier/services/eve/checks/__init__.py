"""The checks: each a function from what was found out to findings."""
