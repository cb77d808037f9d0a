"""Where a run of the command begins and ends: every exception becomes a message and an exit code here."""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from uringcheck.run.exit_codes import ExitCode

if TYPE_CHECKING:
    from uringcheck.diagnostics import InternalError, SpecError

# A process that ends gives everything back anyway: what is frozen is not searched for garbage first.
atexit.register(gc.freeze)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code. Never raises, and never ends well after an unknown exception."""
    # Loading and compiling make many objects and hardly any garbage: collecting it would be a tenth of a short run.
    gc.set_threshold(100_000, 20, 20)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return _interrupted()
    finally:
        _flush()


def _run(arguments: Sequence[str] | None) -> int:
    import click

    from uringcheck.cli.console import unread
    from uringcheck.cli.verbs import verbs
    from uringcheck.diagnostics import InternalError, SpecError, UsageError

    try:
        if not __debug__:
            raise UsageError.at(
                "UC034", "python -O removes the asserts of specs", help="run without -O and PYTHONOPTIMIZE"
            )
        return int(
            verbs.main(
                args=list(arguments) if arguments is not None else None, prog_name="uringcheck", standalone_mode=False
            )
            or 0
        )
    except click.ClickException as error:
        error.show(sys.stderr)
        return ExitCode.USAGE
    except click.exceptions.Exit as stop:
        return int(stop.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return _interrupted()
    except SpecError as error:
        return _wrong_input(error)
    except InternalError as error:
        return _broken_promise(error)
    except BrokenPipeError:
        unread()
        return ExitCode.INTERRUPTED
    except Exception as error:
        return _unknown(error)


def _wrong_input(error: SpecError) -> ExitCode:
    from uringcheck.diagnostics.render import render

    for diagnostic in error.diagnostics:
        print(render(diagnostic), file=sys.stderr)
    return ExitCode.USAGE


def _broken_promise(error: InternalError) -> ExitCode:
    from uringcheck.diagnostics import EngineDisagreement

    what = "two readers of the spec disagree" if isinstance(error, EngineDisagreement) else "internal error"
    print(f"{what}: {error}", file=sys.stderr)
    print("this is a fault of uringcheck, not of the spec; no verdict of this run counts", file=sys.stderr)
    _leave_bundle(error)
    return ExitCode.INTERNAL


def _unknown(error: Exception) -> ExitCode:
    print(f"internal error: {type(error).__name__}: {error}", file=sys.stderr)
    print("this is a fault of uringcheck, not of the spec; no verdict of this run counts", file=sys.stderr)
    _leave_bundle(error)
    return ExitCode.INTERNAL


def _leave_bundle(error: Exception) -> None:
    import traceback

    from uringcheck.run.bundle import write_bundle

    files = dict(getattr(error, "bundle", {}))
    files["traceback.txt"] = "".join(traceback.format_exception(error))
    folder = write_bundle(files)
    print(f"what reproduces it: {folder}" if folder else files["traceback.txt"], file=sys.stderr)


def _interrupted() -> ExitCode:
    print("interrupted", file=sys.stderr)
    return ExitCode.INTERRUPTED


def _flush() -> None:
    from uringcheck.cli.console import unread

    try:
        sys.stdout.flush()
    except BrokenPipeError:
        unread()
