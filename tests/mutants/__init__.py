"""Seeded faults in the engines, and the tests that have to find them: `python -m tests.mutants`."""
