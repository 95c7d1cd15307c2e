"""Watch: what feeds show is noted, and what is to become of it is decided."""
