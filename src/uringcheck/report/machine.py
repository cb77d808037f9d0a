"""Results for programs: JSON of schema 1, described by `results.schema.json` beside this file."""

from __future__ import annotations

import json
from pathlib import Path

from uringcheck.run.results import Result, as_data

#: The JSON Schema of what `json_text` gives.
SCHEMA = Path(__file__).with_name("results.schema.json")


def json_text(results: tuple[Result, ...]) -> str:
    """The document of `--format json`, the same bytes for the same results."""
    from uringcheck import __version__

    data = as_data(results, {"name": "uringcheck", "version": __version__})
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
