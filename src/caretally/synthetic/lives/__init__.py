"""The lives of the cast, one person a file: the story in the docstring, then the script."""
