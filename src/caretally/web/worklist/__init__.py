"""The worklist: whom to turn to today, and why."""
