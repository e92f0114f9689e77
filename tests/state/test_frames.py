"""The end of a journal's file: what a crash leaves there is no loss, and everything else is damage."""

import pytest

from state.backends.frames import Damaged, decode_frames, encode_frame

ONE, TWO = encode_frame("1-0", b"one"), encode_frame("1-1", b"two")


def test_frames_are_read_with_their_names_and_where_they_end():
    found = decode_frames(ONE + TWO)

    assert [(frame.name, frame.segment, frame.end) for frame in found] == [
        ("1-0", b"one", len(ONE)),
        ("1-1", b"two", len(ONE) + len(TWO)),
    ]


@pytest.mark.parametrize("end", [b"", b"\0", bytes(512)])
def test_a_last_frame_whose_line_feed_was_not_written_is_torn(end):
    assert [frame.segment for frame in decode_frames(ONE + TWO[:-1] + end)] == [b"one"]


@pytest.mark.parametrize("end", [b"x", b"\r", b"\0x", b" \n"])
def test_another_byte_in_the_place_of_the_last_line_feed_is_damage(end):
    with pytest.raises(Damaged, match=f"the segment at byte {len(ONE)} does not end as it was written"):
        decode_frames(ONE + TWO[:-1] + end)


def test_what_is_broken_before_an_intact_frame_is_damage():
    with pytest.raises(Damaged, match="at byte 0 there is no intact segment"):
        decode_frames(ONE.replace(b"one", b"0ne") + TWO)
