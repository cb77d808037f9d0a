"""Kinds of buffer groups, one file each; a run chooses one with `--param pool=NAME`."""
