"""Output files: whole or not at all, refused before the work begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from uringcheck.diagnostics import UsageError
from uringcheck.run.files import OutputFile, OutputFolder


def test_nothing_stands_under_the_name_until_it_is_written(tmp_path: Path) -> None:
    """And nothing beside it afterwards."""
    target = tmp_path / "results.json"
    output = OutputFile(target)
    assert not target.exists()
    output.write("all of it\n")
    assert target.read_text() == "all of it\n"
    assert list(tmp_path.iterdir()) == [target]


def test_an_older_file_survives_a_run_that_failed(tmp_path: Path) -> None:
    """Discarding leaves the target and the folder as they were."""
    target = tmp_path / "results.json"
    target.write_text("old")
    OutputFile(target).discard()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", ["missing/results.json", "file/results.json", "folder"])
def test_a_path_that_cannot_be_written_is_refused_at_once(tmp_path: Path, name: str) -> None:
    """A missing folder, a file in place of a folder, a folder in place of a file."""
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(UsageError, match="UC020"):
        OutputFile(tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before


def test_a_symbolic_link_keeps_pointing_at_its_target(tmp_path: Path) -> None:
    """The file behind the link is replaced, not the link."""
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    OutputFile(tmp_path / "link.txt").write("new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_a_device_is_written_and_stays_a_device() -> None:
    """Replacing `/dev/null` by a file would be a sad day for the machine."""
    OutputFile(Path("/dev/null")).write("gone")
    assert Path("/dev/null").is_char_device()


def test_a_folder_that_stays_empty_is_removed_again(tmp_path: Path) -> None:
    """Only those that were made for the purpose."""
    folder = OutputFolder(tmp_path / "reports" / "today")
    folder.tidy()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_keeps_what_was_written_into_it(tmp_path: Path) -> None:
    """Folders inside are made as they are needed."""
    folder = OutputFolder(tmp_path / "reports")
    written = folder.write("cq/default/p.itf.json", "{}")
    folder.tidy()
    assert written.read_text() == "{}"


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    """As unwritable as it gets, for the superuser too."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="UC020"):
        OutputFolder(tmp_path / "file" / "reports")
