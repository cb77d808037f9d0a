"""Policies of applications, one file each; a run chooses one with `--param client=NAME`."""
