import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.diagnostics import FreeholdError
from state.backends import open_backend
from state.backends.contract import Locked, LockInfo, LockLost
from state.backends.frames import Damaged, decode_frames, encode_frame
from state.backends.local import LocalBackend
from tests.state.conformance import BackendConformance

ROOT = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from state.backends.contract import LockInfo
from state.backends.local import LocalBackend
LocalBackend(Path(sys.argv[1])).lock(LockInfo("theirs", who="them"), 60)
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "freehold.state"


@pytest.fixture
def holder(path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "locked\n"
    yield process
    process.kill()
    process.communicate(timeout=10)


class TestLocalBackend(BackendConformance):
    expires = False

    @pytest.fixture
    def fresh(self, path):
        return lambda: LocalBackend(path)


def test_a_process_that_is_killed_leaves_no_lock_that_must_be_forced(path, holder):
    backend = LocalBackend(path)
    with pytest.raises(Locked) as locked:
        backend.lock(LockInfo("ours"), 60)
    assert locked.value.holder.who == "them"

    holder.send_signal(signal.SIGKILL)
    holder.wait(timeout=10)

    backend.lock(LockInfo("ours"), 60)
    backend.unlock("ours")
    assert not path.with_name("freehold.state.lock").exists()


def test_a_living_process_keeps_its_lock_and_a_dead_one_can_be_unlocked(path, holder):
    with pytest.raises(FreeholdError, match="running process"):
        LocalBackend(path).unlock("theirs")

    holder.kill()
    holder.wait(timeout=10)
    LocalBackend(path).unlock("theirs")

    assert not path.with_name("freehold.state.lock").exists()


def test_whose_lock_file_was_removed_is_told(path):
    one, other = LocalBackend(path), LocalBackend(path)
    one.lock(LockInfo("one"), 60)
    path.with_name("freehold.state.lock").unlink()
    other.lock(LockInfo("other"), 60)

    with pytest.raises(LockLost):
        one.renew("one", 60)

    other.unlock("other")


def test_files_are_for_their_owner_alone_and_the_one_before_is_kept(path):
    backend = LocalBackend(path)
    backend.write(b"second", backend.write(b"first", None))
    backend.append("1-0", b"segment", backend.read().token)

    assert path.with_name("freehold.state.backup").read_bytes() == b"first"
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    assert {file.name for file in path.parent.iterdir()} == {
        "freehold.state",
        "freehold.state.backup",
        "freehold.state.journal",
    }


def test_a_snapshot_empties_the_journal_that_it_took_in(path):
    backend = LocalBackend(path)
    token = backend.write(b"first", None)
    backend.append("1-0", b"segment", token)
    backend.write(b"second", token)

    assert path.with_name("freehold.state.journal").read_bytes() == b""


def test_the_lock_of_a_process_that_is_gone_is_overwritten_whole(path):
    path.with_name("freehold.state.lock").write_bytes(LockInfo("old", info="x" * 500).to_bytes())
    backend = LocalBackend(path)
    backend.lock(LockInfo("new"), 60)

    with pytest.raises(Locked) as refused:
        LocalBackend(path).lock(LockInfo("other"), 60)

    assert refused.value.holder == LockInfo("new")
    backend.unlock("new")


def test_reading_creates_nothing(tmp_path):
    LocalBackend(tmp_path / "sub" / "freehold.state").read()

    assert list(tmp_path.iterdir()) == []


def test_a_torn_end_is_cut_off_before_more_is_appended(path):
    backend = LocalBackend(path)
    token = backend.write(b"first", None)
    backend.append("1-0", b"kept", token)
    journal = path.with_name("freehold.state.journal")
    journal.write_bytes(journal.read_bytes() + encode_frame("1-1", b"torn")[:-4])

    again = LocalBackend(path)
    assert again.read().journal == (b"kept",)
    again.append("1-1", b"new", token)

    assert LocalBackend(path).read().journal == (b"kept", b"new")


def test_damage_in_the_middle_is_told_and_not_taken_for_a_torn_end(path):
    backend = LocalBackend(path)
    token = backend.write(b"first", None)
    backend.append("1-0", b"one", token)
    backend.append("1-1", b"two", token)
    journal = path.with_name("freehold.state.journal")
    journal.write_bytes(journal.read_bytes().replace(b"one", b"0ne"))

    with pytest.raises(FreeholdError, match="damaged"):
        LocalBackend(path).read()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_told_as_such(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(FreeholdError, match="cannot be kept on disk"):
        LocalBackend(tmp_path / "freehold.state").write(b"", None)
    tmp_path.chmod(0o700)


def test_a_path_that_is_a_folder_is_told_as_such(tmp_path):
    with pytest.raises(FreeholdError, match="no regular file"):
        LocalBackend(tmp_path).read()


def test_the_path_is_relative_to_the_stack(tmp_path):
    backend = open_backend("local", {"path": "states/deep/a"}, directory=tmp_path, environment={})
    backend.write(b"x", None)

    assert (tmp_path / "states" / "deep" / "a").read_bytes() == b"x"


segments = st.lists(st.binary(max_size=60) | st.just(b"x" + encode_frame("1-1", b"a frame in a line")), max_size=6)


@given(segments, st.data())
def test_a_file_cut_anywhere_gives_the_frames_before_the_cut(contents, data):
    frames = [encode_frame(f"1-{index}", content) for index, content in enumerate(contents)]
    whole = b"".join(frames)
    cut = data.draw(st.integers(0, len(whole)))
    zeros = data.draw(st.sampled_from([0, 512]))  # file systems that extend a file before they fill it

    intact = [frame.segment for frame in decode_frames(whole[:cut] + bytes(zeros))]

    ends = [sum(map(len, frames[: index + 1])) for index in range(len(frames))]
    assert intact == contents[: sum(end <= cut for end in ends)]


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=2, max_size=5), st.data())
def test_a_changed_byte_before_the_last_frame_is_never_read_as_something_else(contents, data):
    frames = [encode_frame(f"1-{index}", content) for index, content in enumerate(contents)]
    whole = bytearray(b"".join(frames))
    place = data.draw(st.integers(0, len(whole) - len(frames[-1]) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))

    try:
        read = [frame.segment for frame in decode_frames(bytes(whole))]
    except Damaged:
        return
    assert read == contents  # a name is not covered by the checksum
