"""The network out: one small file per network, none of which knows another."""
