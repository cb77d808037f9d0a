"""Results for programs: JSON of schema 1, described by `results.schema.json` beside this file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from uringcheck.run.results import Result, as_data

#: The JSON Schema of what `json_text` gives.
SCHEMA = Path(__file__).with_name("results.schema.json")


def json_text(results: tuple[Result, ...], more: Mapping[str, object] | None = None) -> str:
    """The document of `--format json`, the same bytes for the same results. `more` are further members of it."""
    from uringcheck import __version__

    data = {**as_data(results, {"name": "uringcheck", "version": __version__}), **(more or {})}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
