"""From the IR to something that runs or can be handed to another tool: one file (or family of files) per target.

A target takes a program whose toggles have values and gives back functions or text. Nothing here searches, prints or
knows what a verdict is.
"""
