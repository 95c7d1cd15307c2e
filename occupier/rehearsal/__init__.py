"""The occupation rehearsed: the daemon's own code on the sandbox, without an account, a secret or the Internet."""
