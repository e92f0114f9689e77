"""What stands between freehold and a server, and answers in its place: a proxy, a login page, a broken gateway.

Requests that nothing is said about go through to the real one.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from language.overriding import override

MOST = 200 << 20
"""Bytes of an endless body after which the front gives up, and the case fails."""
_HOP = {"connection", "transfer-encoding", "content-length", "content-encoding", "keep-alive", "date", "server"}


@dataclass(frozen=True)
class Answer:
    """What goes out. `length`: the Content-Length that is claimed, where the body's is another, or -1 for none;
    `endless`: the body is sent again and again; `raw`: the body is all that is sent, with no head before it."""

    name: str
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    endless: bool = False
    raw: bool = False
    reset: bool = False
    echo: bool = False
    """Whether ECHO in the body stands for the request's body, as it is in a text of JSON."""

    @override
    def __str__(self) -> str:
        return self.name


@dataclass
class Lie:
    """Which requests get which answer: all that `concerns` says yes to (method, path with query, its Authorization),
    but the first `after`."""

    concerns: Callable[[str, str, str], bool]
    answer: Answer
    after: int = 0
    seen: int = 0
    told: int = 0

    def takes(self, *request: str) -> bool:
        """Count one request, and say whether it gets the answer."""
        if not self.concerns(*request):
            return False
        self.seen += 1
        self.told += self.seen > self.after
        return self.seen > self.after


Forward = Callable[[str, str, Mapping[str, str], bytes], tuple[int, Mapping[str, str], bytes]]
"""A request (method, path, headers, body) to the real server: its status, headers and body."""


class Front:
    """A server on loopback. `change`, where there is one, makes another body of a real one (by method and path)."""

    def __init__(self, forward: Forward) -> None:
        self.forward = forward
        self.lie: Lie | None = None
        self.change: Callable[[str, str, bytes], bytes] | None = None
        self.requests: list[tuple[str, ...]] = []
        self.sent = 0
        self._lock = threading.Lock()
        front = self

        class Handler(_Handler):
            @property
            @override
            def front(self) -> Front:
                return front

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def honest(self) -> None:
        """Let everything through from now on."""
        self.lie, self.change, self.sent = None, None, 0
        self.requests.clear()

    def answer(self, *request: str) -> Answer | None:
        """What a request (method, path, Authorization) gets in place of the real answer."""
        with self._lock:
            self.requests.append(request)
            return self.lie.answer if self.lie is not None and self.lie.takes(*request) else None

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    @property
    def front(self) -> Front:
        raise NotImplementedError

    @override
    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is printed."""

    def _serve(self) -> None:
        if self.headers.get("Expect", "").lower() == "100-continue":
            pass  # BaseHTTPRequestHandler has answered that already
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.front.answer(self.command, self.path, self.headers.get("Authorization") or "")
        with contextlib.suppress(ConnectionError, TimeoutError):
            if answer is None:
                self._write(*self._real(body))
            else:
                self._lie(replace(answer, body=_echoed(answer.body, body)) if answer.echo else answer)

    def _real(self, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        status, headers, data = self.front.forward(self.command, self.path, dict(self.headers.items()), body)
        if self.front.change is not None:
            data = self.front.change(self.command, self.path, data)
        return status, {name: text for name, text in headers.items() if name.lower() not in _HOP}, data

    def _write(self, status: int, headers: Mapping[str, str], data: bytes) -> None:
        self.send_response_only(status)
        for name, text in headers.items():
            self.send_header(name, text)
        self.send_header("Content-Length", headers.get("Content-Length", str(len(data))))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _lie(self, answer: Answer) -> None:
        self.close_connection = True
        if answer.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        if not answer.raw:
            self.send_response_only(answer.status)
            for name, text in answer.headers.items():
                self.send_header(name, text)
            length = len(answer.body) if answer.length is None else answer.length
            if length >= 0 and not answer.endless:
                self.send_header("Content-Length", str(length))
            self.send_header("Connection", "close")
            self.end_headers()
        for part in _parts(answer):
            self.wfile.write(part)
            self.front.sent += len(part)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815


def _echoed(said: bytes, body: bytes) -> bytes:
    return said.replace(b"ECHO", json.dumps(body.decode("utf-8", "replace"))[1:-1].encode())


def _parts(answer: Answer) -> Iterator[bytes]:
    yield answer.body
    if answer.endless:
        for _ in range(MOST // len(answer.body)):
            yield answer.body
