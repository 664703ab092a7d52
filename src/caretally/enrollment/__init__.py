"""Who is monitored: the evidence on file, what is missing, and the commands that add to it."""
