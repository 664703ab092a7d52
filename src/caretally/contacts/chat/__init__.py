"""Written conversations: in which seconds both sides were active, and what that comes to."""
