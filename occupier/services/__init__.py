"""The use cases: they see the domain and its ports, nothing else."""
