"""The REST interface: what other programs read and write, with tokens; HTTP and nothing else."""
