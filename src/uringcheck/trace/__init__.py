"""Counterexamples as data: made by replaying a path with the plain run, written down, read back, sliced, compared.

A `Trace` exists only because CPython executed the author's own functions along it. What it holds is enough to tell its
story without the spec or an engine. How a trace looks to a person is the business of `report`, not of this room.

    replay.replayed(run, program, path, about)    a search's path as a trace, or EngineDisagreement
    itf.write_itf(trace, file)                    the canonical file, `.itf.json`
    itf.read_itf(file)                            what such a file says
    verify.replay_itf(read, run, program)         the trace again, executed against the spec as it is now
    identity.identity(trace), parse_identity      the trace as text that people can type
"""
