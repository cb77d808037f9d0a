"""The shipped properties."""
