"""`--output FORMAT=FILE`: checked before the search, written after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from pathlib import Path

from uringcheck.cli.console import say
from uringcheck.diagnostics import UsageError
from uringcheck.diagnostics.values import entity_class
from uringcheck.run.files import OutputFile, OutputFolder
from uringcheck.run.question import file_name
from uringcheck.run.results import PropertyResult, Result

FORMATS = ("text", "json", "itf")


def assignment(text: str, option: str, shape: str) -> tuple[str, str]:
    """The two sides of `NAME=VALUE`; raises UsageError."""
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise UsageError.at("UC016", f"`{option} {text}` is not {shape}", help=f"write {option} {shape}")
    return name.strip(), value


@entity_class
class Outputs:
    """Files to write when there are results."""

    files: list[tuple[str, OutputFile]] = field(default_factory=list)
    folder: OutputFolder | None = None

    @classmethod
    def opened(cls, asked: Sequence[str], reports: Path | None = None, formats: Sequence[str] = FORMATS) -> Outputs:
        """Open what the command line asks for; raises UsageError, and leaves nothing behind then.

        `reports` is where traces go when the command line does not say; `formats` are those that the verb has.
        """
        made = cls()
        try:
            for text in asked:
                kind, path = assignment(text, "--output", "FORMAT=FILE")
                if kind not in formats:
                    help = "json=FILE, text=FILE"
                    help += ", or itf=DIR for a trace of each violation and goal" if "itf" in formats else ""
                    raise UsageError.at("UC017", f"no output format `{kind}`", help=help)
                if kind == "itf":
                    reports = Path(path)
                else:
                    made.files.append((kind, OutputFile(Path(path))))
            if reports is not None:
                made.folder = OutputFolder(reports)
        except UsageError:
            made.close()
            raise
        return made

    def with_traces(self, result: Result, folder: str) -> Result:
        """Write the result's traces below `folder`, and note in the result where they are."""
        return replace(result, properties=self.properties_with_traces(result.properties, folder))

    def properties_with_traces(self, properties: Sequence[PropertyResult], folder: str) -> tuple[PropertyResult, ...]:
        """Write the traces of these below `folder`, and note in each where it is."""
        return tuple(self._written(found, folder) for found in properties)

    def _written(self, found: PropertyResult, folder: str) -> PropertyResult:
        if found.story is None or self.folder is None:
            return found
        from uringcheck.trace.itf import itf_text

        name = f"{folder}/{file_name(found.name)}.itf.json"
        return replace(found, trace=self.folder.write(name, itf_text(found.story)).as_posix())

    def wants(self, kind: str) -> bool:
        """Whether a file of this format was asked for."""
        return any(kind == wanted for wanted, _ in self.files)

    def write(self, kind: str, text: str) -> None:
        """Write the files of one format."""
        for wanted, file in self.files:
            if wanted == kind:
                file.write(text)

    def tell(self, text: str, data: str, as_json: bool) -> None:
        """Print an answer in the form that was asked for, and write it in every form there is a file for."""
        say(data if as_json else text)
        self.write("text", text)
        self.write("json", data)

    def __enter__(self) -> Outputs:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove what was opened and never written."""
        for _, file in self.files:
            file.discard()
        if self.folder is not None:
            self.folder.tidy()
