"""A file without a model."""

ANSWER = 42
