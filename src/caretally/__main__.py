"""Lets `python -m caretally` do what `caretally` does."""

from __future__ import annotations

from caretally.cli.main import main

if __name__ == "__main__":
    main()
