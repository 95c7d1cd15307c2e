"""The kiosk: strike feeds, put where the tools of others read them."""
