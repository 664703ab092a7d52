"""Pages on which a month is closed, decisions are signed, and differences are settled."""
