"""The listening socket: HTTP/1.1 with a thread a connection, handing each request to a WSGI application.

Quiet (what is worth a line is logged by the application), and without Nagle's delay, which would add 40 ms to every
answer that takes two writes.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import ThreadedWSGIServer

log = logging.getLogger(__name__)

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]

_IDLE_SECONDS = 120


class DroppedConnection(ConnectionError):
    """Raised by an application to close the connection without an answer."""


class _Handler(MotoRequestHandler):  # type: ignore[misc]
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        log.debug("%s %s", code, size)

    def log_error(self, format: str, *args: Any) -> None:
        log.info(format, *args)

    def connection_dropped(self, error: BaseException, environ: dict[str, Any] | None = None) -> None:
        self.close_connection = True


class Server(ThreadedWSGIServer):
    """Serves `application` on loopback. Port 0 takes a free one; `port` tells which."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, application: Wsgi) -> None:
        super().__init__("127.0.0.1", port, application, handler=_Handler)
