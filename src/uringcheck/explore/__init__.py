"""Explicit search: from a compiled program to everything that is reachable.

Engines, the state store, limits, random walks and the graph live here. Nothing here prints, and nothing decides what
a verdict is called.
"""
