"""One trace in another form.

export(trace, to) -> str    `to` is one of FORMATS
"""

from __future__ import annotations

from uringcheck.diagnostics import UsageError
from uringcheck.trace.model import Trace

#: What `to` may be: a Markdown page, a Mermaid sequence diagram, the canonical file.
FORMATS = ("md", "mermaid", "itf")


def export(trace: Trace, to: str) -> str:
    """The trace as text, with a newline at the end; raises UsageError (UC026) for an unknown form."""
    if to == "md":
        from uringcheck.report.markdown import markdown

        return markdown(trace)
    if to == "mermaid":
        from uringcheck.report.mermaid import mermaid

        return mermaid(trace)
    if to == "itf":
        from uringcheck.trace.itf import itf_text

        return itf_text(trace)
    raise UsageError.at("UC026", f"a trace cannot be exported to `{to}`", help="one of " + ", ".join(FORMATS))
