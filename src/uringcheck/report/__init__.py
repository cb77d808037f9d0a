"""How findings look: the story in a terminal, pages, diagrams, and formats that machines read.

Everything is made from results and traces as data; no report runs a spec or an engine. Nothing heavy is imported
before it is needed, and plain text needs nothing at all.

    story.story(trace)              the story for a terminal
    export.export(trace, to)        `md`, `mermaid` or `itf`
    machine                         results for programs
"""
