"""The one typed intermediate representation every engine and exporter reads.

Types, expressions, statements and programs live here, with the rewrites on them. Nothing here knows the author's
classes, an engine or a file format; it imports `diagnostics` and nothing above it.
"""
