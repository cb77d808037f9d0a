"""What is left behind when the package itself is at fault: a folder that lets somebody else see the same thing."""

from __future__ import annotations

import hashlib
import linecache
import os
import platform
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from uringcheck.diagnostics import EngineDisagreement

if TYPE_CHECKING:
    from uringcheck.ir.program import Program
    from uringcheck.run.question import Subject


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


class Disagreement(EngineDisagreement):
    """Two readers of a spec gave different answers; `bundle` holds what shows it, by file name."""

    def __init__(self, message: str, bundle: Mapping[str, str]) -> None:
        super().__init__(message)
        self.bundle = dict(bundle)


def reproduction(subject: Subject, program: Program) -> dict[str, str]:
    """The spec's own files, the parameters, and the Python generated from them, by file name."""
    from uringcheck.lower.python import generated_source
    from uringcheck.trace.files import SpecFiles, module_file, modules_of

    names = SpecFiles(subject.tree)
    files = {"generated.py": generated_source(program)}
    parameters = [f"{name}={value}" for name, value in subject.params.items()]
    files["parameters.txt"] = "\n".join([subject.label, f"preset {subject.preset}", *parameters]) + "\n"
    for module in modules_of(subject.tree):
        file = module_file(module)
        name = (names.name(file) or Path(file).name).replace("/", "__").replace("..", "up")
        files[name] = "".join(linecache.getlines(file))
    return files
