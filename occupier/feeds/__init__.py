"""The network in: feeds asked for, and made into entries. What comes from there is hostile until shaped."""
