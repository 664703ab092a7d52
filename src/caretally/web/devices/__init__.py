"""Pages of devices: on the books, in whose hands, and how they are."""
