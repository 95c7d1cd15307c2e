"""The review page: the log as a newsroom reads it, and a person's word to the daemon, in a browser."""
