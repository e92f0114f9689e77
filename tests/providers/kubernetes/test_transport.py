"""No answer takes longer, or more memory, than one of an API server; nobody sends us elsewhere."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from urllib3 import HTTPResponse

from language import bodies
from language.bodies import Excessive
from providers.kubernetes.transport import Transport
from tests.providers.kubernetes.support import StillClock


class Endless(io.RawIOBase):
    """A body that does not end; `read` is how much of it was read."""

    def __init__(self, part: bytes = b" " * 65536) -> None:
        super().__init__()
        self.part = part
        self.read_bytes = 0

    def read1(self, amount: int = -1) -> bytes:
        self.read_bytes += len(self.part)
        return self.part

    def read(self, amount: int = -1) -> bytes:
        return self.read1(amount)


def sending(status: int, body, **headers: str) -> tuple[Transport, list[dict], StillClock]:
    """A transport whose every request has this answer, what it asked for, and its clock."""
    asked: list[dict] = []

    def request(method, url, **more):
        asked.append(more)
        stream = io.BytesIO(body) if isinstance(body, bytes) else body
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return HTTPResponse(stream, named, status, preload_content=False)

    clock = StillClock(1_700_000_000.0)  # Tue, 14 Nov 2023 22:13:20 GMT
    return Transport(SimpleNamespace(request=request), clock), asked, clock


@pytest.mark.parametrize("status", [200, 404, 500])
def test_an_endless_answer_ends(monkeypatch, status):
    monkeypatch.setattr(bodies, "LARGEST", 1 << 20)
    body = Endless()
    made, asked, _ = sending(status, body)

    with pytest.raises(Excessive):
        made.send("GET", "https://cluster/api", None, {})

    assert body.read_bytes < 2 << 20
    assert len(asked) == 1


def test_an_answer_that_trickles_ends(monkeypatch):
    monkeypatch.setattr(bodies, "LONGEST", 0.05)
    made, _, _ = sending(200, Endless(b"x"))

    with pytest.raises(Excessive):
        made.send("GET", "https://cluster/api", None, {})


def test_a_redirect_is_an_answer_and_not_followed():
    made, asked, _ = sending(302, b"", Location="https://elsewhere")

    assert made.send("GET", "https://cluster/api", None, {}).status == 302
    assert [each["redirect"] for each in asked] == [False]


@pytest.mark.parametrize(
    ("asked_for", "pause"),
    [
        ("7", 7.0),
        ("86400", 30.0),
        ("Tue, 14 Nov 2023 22:13:25 GMT", 5.0),
        ("Fri, 31 Dec 2099 23:59:59 GMT", 30.0),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0.0),
        ("soon", None),
        ("-1", None),
        ("9" * 400, 30.0),
    ],
)
def test_a_server_that_asks_to_wait_is_waited_for_but_not_for_ever(asked_for, pause):
    made, asked, clock = sending(429, b"{}", Retry_After=asked_for)

    assert made.send("GET", "https://cluster/api", None, {}).status == 429
    assert len(asked) == 7
    assert clock.slept == ([pause] * 6 if pause is not None else [0.2, 0.4, 0.8, 1.6, 3.2, 6.4])


def test_what_was_not_asked_for_as_such_is_not_unpacked():
    made, _, _ = sending(200, b"\x1f\x8bpacked", Content_Encoding="gzip")

    assert made.send("GET", "https://cluster/api", None, {}).data == b"\x1f\x8bpacked"
