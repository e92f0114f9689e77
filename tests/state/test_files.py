"""A file of the state is whole or not there, and on disk when we say so."""

import os
import stat

import pytest

from state import files
from state.files import NotAFile, open_file, read_file, replace_file
from tests.special_files import SPECIAL, made_special


@pytest.fixture
def synced(monkeypatch):
    """What was made durable, in order: the sizes of files, and "folder"."""
    found = []

    def fsync(handle):
        status = os.fstat(handle)
        found.append("folder" if stat.S_ISDIR(status.st_mode) else status.st_size)

    monkeypatch.setattr(files.os, "fsync", fsync)
    return found


def test_the_bytes_are_durable_before_they_have_the_name_and_the_name_at_the_end(tmp_path, monkeypatch, synced):
    put = os.replace

    def renamed(source, target):
        synced.append("renamed")
        put(source, target)

    monkeypatch.setattr(files.os, "replace", renamed)
    replace_file(tmp_path / "state", b"four")

    assert synced == [4, "renamed", "folder"]
    assert (tmp_path / "state").read_bytes() == b"four"
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o600


@pytest.mark.parametrize("links", [True, False])
def test_what_was_there_is_kept_whole_also_without_hard_links(links, tmp_path, monkeypatch):
    if not links:

        def refused(*names):
            raise OSError("no hard links")

        monkeypatch.setattr(files.os, "link", refused)
    state, backup = tmp_path / "state", tmp_path / "state.backup"
    for data in (b"first", b"second", b"third"):
        replace_file(state, data, backup=backup)

    assert (state.read_bytes(), backup.read_bytes()) == (b"third", b"second")
    assert {path.name for path in tmp_path.iterdir()} == {"state", "state.backup"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_what_cannot_be_put_in_place_leaves_nothing_behind(tmp_path, monkeypatch):
    def refused(*names):
        raise OSError("no disk")

    (tmp_path / "state").mkdir()

    with pytest.raises(NotAFile, match="no regular file"):
        replace_file(tmp_path / "state", b"x")
    monkeypatch.setattr(files.os, "replace", refused)
    with pytest.raises(OSError, match="disk"):
        replace_file(tmp_path / "other", b"x")

    assert [path.name for path in tmp_path.iterdir()] == ["state"]


@pytest.mark.parametrize("name", ["state", "backup"])
@pytest.mark.parametrize("special", SPECIAL)
def test_nothing_is_read_or_written_through_what_is_no_file(tmp_path, name, special):
    victim, path = tmp_path / "victim", tmp_path / name
    victim.write_bytes(b"mine")
    made_special(path, special, victim)
    if name == "backup":
        (tmp_path / "state").write_bytes(b"old")

    with pytest.raises(NotAFile):
        read_file(path, 100)
    with pytest.raises(NotAFile):
        open_file(path, os.O_RDWR | os.O_CREAT)
    with pytest.raises(NotAFile):
        replace_file(tmp_path / "state", b"new", backup=tmp_path / "backup")

    assert victim.read_bytes() == b"mine"
    assert not (tmp_path / "nowhere").exists()


def test_a_file_of_somebody_else_is_refused_but_in_a_folder_of_his(tmp_path, monkeypatch):
    path = tmp_path / "state"
    path.write_bytes(b"x")
    assert read_file(path, 100) == b"x"
    monkeypatch.setattr(files.os, "geteuid", lambda: os.getuid() + 1)
    assert read_file(path, 100) == b"x"

    found = os.stat
    monkeypatch.setattr(files.os, "stat", lambda path: os.stat_result((*found(path)[:4], os.getuid() + 2, *[0] * 5)))
    with pytest.raises(NotAFile, match="another user"):
        read_file(path, 100)
