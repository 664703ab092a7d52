"""Pages of claims: a month's list, one claim, prices and profiles."""
