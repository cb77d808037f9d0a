"""Readers of the same spec, held against each other."""
