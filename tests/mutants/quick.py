"""A pytest plugin: Hypothesis looks for a failing example and does not shrink it, nor remembers any."""

from __future__ import annotations

from hypothesis import Phase, settings

settings.register_profile("mutants", phases=(Phase.explicit, Phase.generate), database=None)
settings.load_profile("mutants")
