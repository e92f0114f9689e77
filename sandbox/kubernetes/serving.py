"""The socket of an API server: HTTP/1.1 over TLS, a thread a connection, each request handed to the API."""

from __future__ import annotations

import json
import logging
import socket
import socketserver
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

import orjson

from language.overriding import override
from sandbox.kubernetes import errors

log = logging.getLogger(__name__)

MAX_BODY = 3 * 1024 * 1024
_IDLE = 120


@dataclass
class Request:
    """A request: its path in parts, its query, its body as bytes, and headers by small letters."""

    method: str
    path: str
    query: dict[str, str]
    headers: Any
    body: bytes

    @property
    def parts(self) -> list[str]:
        """The path's segments."""
        return [part for part in self.path.split("/") if part]

    @property
    def accept(self) -> str:
        """The header, or an empty text."""
        return str(self.headers.get("Accept") or "")

    @property
    def content_type(self) -> str:
        """The media type, without its parameters."""
        return str(self.headers.get("Content-Type") or "").partition(";")[0].strip()


@dataclass
class Response:
    """An answer: a document, or a `stream` of documents one a line. `warnings` become headers."""

    document: Any = None
    code: int = 200
    stream: Iterator[Any] | None = None
    warnings: list[str] = field(default_factory=list)
    content_type: str = "application/json"
    text: str | None = None


class Application(Protocol):
    """What answers requests."""

    def __call__(self, request: Request, token: str) -> Response:
        """Answer one request of whom the token names."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE
    server: ApiSocket

    @override
    def setup(self) -> None:
        connection: ssl.SSLSocket = self.request
        connection.settimeout(_IDLE)
        connection.do_handshake()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        super().setup()

    @override
    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)

    def _serve(self) -> None:
        try:
            response = self._answered()
        except errors.StatusError as refused:
            response = Response(refused.document(), refused.code)
        except (ConnectionError, TimeoutError):
            raise
        except Exception:
            log.exception("%s %s", self.command, self.path)
            broken = errors.internal("an internal error; the sandbox's log has it")
            response = Response(broken.document(), broken.code)
        if response.stream is not None:
            self._write_stream(response)
        else:
            self._write(response)

    def _answered(self) -> Response:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            self.close_connection = True
            raise errors.too_large(MAX_BODY)
        body = self.rfile.read(length) if length else b""
        address = urlsplit(self.path)
        query = dict(parse_qsl(address.query, keep_blank_values=True))
        request = Request(self.command, address.path, query, self.headers, body)
        scheme, _, token = str(self.headers.get("Authorization") or "").partition(" ")
        return self.server.application(request, token if scheme.lower() == "bearer" else "")

    def _write(self, response: Response) -> None:
        data = response.text.encode() if response.text is not None else orjson.dumps(response.document)
        self._head(response)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _head(self, response: Response) -> None:
        self.send_response(response.code)
        self.send_header("Content-Type", response.content_type)
        for warning in response.warnings:
            self.send_header("Warning", f"299 - {json.dumps(warning)}")

    def _write_stream(self, response: Response) -> None:
        self._head(response)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        assert response.stream is not None
        for document in response.stream:
            line = orjson.dumps(document) + b"\n"
            self.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815


class ApiSocket(socketserver.ThreadingTCPServer):
    """Listens on loopback; port 0 takes a free one."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, host: str, port: int, context: ssl.SSLContext, application: Application) -> None:
        self.application = application
        self._context = context
        super().__init__((host, port), _Handler)

    @override
    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        return self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        log.debug("a connection broke", exc_info=True)
