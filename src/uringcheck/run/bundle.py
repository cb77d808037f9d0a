"""What is left behind when the package itself is at fault: a folder that lets somebody else see the same thing."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_bundle(files: Mapping[str, str]) -> Path | None:
    """Write `files` (name: text) and the circumstances into a new folder; None where no folder can be written.

    The folder is `uringcheck-bundle-DIGEST` in the current directory, or in the system's for temporary files. The
    digest is that of the contents: the same fault twice gives the same folder.
    """
    contents = {**files, "circumstances.txt": _circumstances()}
    digest = hashlib.sha256("\0".join(f"{name}\0{text}" for name, text in sorted(contents.items())).encode())
    for parent in (Path.cwd(), Path(tempfile.gettempdir())):
        folder = parent / f"uringcheck-bundle-{digest.hexdigest()[:12]}"
        try:
            folder.mkdir(exist_ok=True)
            for name, text in contents.items():
                (folder / name).write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError:
            continue
        return folder
    return None


def _circumstances() -> str:
    from uringcheck import __version__

    return (
        f"command     {' '.join(sys.argv)}\n"
        f"directory   {os.getcwd()}\n"
        f"uringcheck  {__version__}\n"
        f"python      {platform.python_version()} ({platform.python_implementation()})\n"
        f"system      {platform.platform()}\n"
    )
