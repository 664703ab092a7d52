"""A practice at work: who may do what, and what pages, API and commands ask of its journal."""
