"""The command line: what people and scripts ask, answered by the rooms below."""
