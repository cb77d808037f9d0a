"""The shipped client policies."""
