"""Answers that no server of Kubernetes or AWS gives, and that say nothing of what exists."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

from tests.hostile.front import Answer

JSON = {"Content-Type": "application/json"}
XML = {"Content-Type": "text/xml"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
LOGIN = (
    b"<!DOCTYPE html><html><head><title>Please log in</title></head><body><form action='/login'></form></body></html>"
)
XHTML = b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>Please log in</p></body></html>'


def _json(name: str, value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return Answer(name, status, json.dumps(value).encode(), JSON if headers is None else headers)


def _bomb(size: int) -> bytes:
    """A gzip of so many zeros, in a thousandth of that."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()


def _status(reason: str, code: int, **more: Any) -> dict[str, Any]:
    return {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code, **more}


SHAPES = [
    _json("empty-object", {}),
    _json("empty-list", []),
    _json("null", None),
    _json("text", "x"),
    _json("number", 5),
    _json("true", True),
    _json("list-of-null", [None]),
    Answer("nothing", 200, b"", JSON),
    Answer("spaces", 200, b" \n ", JSON),
    Answer("no-content", 204),
    Answer("not-modified", 304, b"", {}, -1),
    Answer("cut-json", 200, b'{"kind": "ConfigMapList", "apiVersion": "v1", "items": [{"meta', JSON),
    Answer("two-json", 200, b"{}{}", JSON),
    Answer("nan", 200, b'{"kind": NaN}', JSON),
    Answer("deep", 200, b'{"items":' * 3000 + b"1" + b"}" * 3000, JSON),
    Answer("less-deep", 200, b'{"items":' * 900 + b"1" + b"}" * 900, JSON),
    Answer("deep-lists", 200, b"[" * 100_000, JSON),
    Answer("huge-number", 200, b'{"kind": 1' + b"0" * 5000 + b"}", JSON),
    Answer("no-utf8", 200, b'{"kind": "\xff\xfe\x80"}', JSON),
    Answer("utf16", 200, '{"kind": "List"}'.encode("utf-16"), JSON),
    Answer("binary", 200, bytes(range(256)) * 20, {"Content-Type": "application/octet-stream"}),
    Answer("same-key-twice", 200, b'{"kind": "Status", "kind": "ConfigMapList", "items": []', JSON),
    Answer("surrogate", 200, b'{"kind": "\\ud800", "message": "\\udfff"}', JSON),
]
"""Bodies that are not what was asked for."""

PAGES = [
    Answer("login-page", 200, LOGIN, HTML),
    Answer("login-page-as-json", 200, LOGIN, JSON),
    Answer("login-page-as-xml", 200, XHTML, XML),
    Answer("login-page-401", 401, LOGIN, HTML),
    Answer("login-page-403", 403, LOGIN, HTML),
    Answer("page-404", 404, b"<html><body>404 Not Found</body></html>", HTML),
    Answer("page-404-plain", 404, b"404 page not found\n", {"Content-Type": "text/plain"}),
    Answer("page-404-nothing", 404),
    Answer("page-404-xhtml", 404, XHTML, XML),
    Answer("page-410", 410, b"Gone", {"Content-Type": "text/plain"}),
    Answer("page-500", 500, LOGIN, HTML),
    Answer("page-502", 502, b"<html><h1>502 Bad Gateway</h1></html>", HTML),
    Answer("page-503-later", 503, b"later", {"Retry-After": "86400"}),
    Answer("throttled-for-ever", 429, b"{}", {**JSON, "Retry-After": "31536000"}),
    Answer("throttled-by-date", 429, b"{}", {**JSON, "Retry-After": "Fri, 31 Dec 2099 23:59:59 GMT"}),
    Answer("throttled-by-nonsense", 429, b"{}", {**JSON, "Retry-After": "soon"}),
    Answer("status-299", 299, b"{}", JSON),
    Answer("status-418", 418, b"teapot", {"Content-Type": "text/plain"}),
    Answer("status-999", 999, b"{}", JSON),
]
"""What proxies and portals say."""

REDIRECTS = [
    Answer(f"redirect-{status}-{name}", status, b"", {"Location": to})
    for status in (301, 302, 307, 308)
    for name, to in (
        ("elsewhere", "http://127.0.0.1:1/login"),
        ("itself", ""),
        ("file", "file:///etc/passwd"),
        ("nonsense", "http://[:::"),
        ("controls", "/a\tb%0d%0a\x1b[2J"),
    )
]
"""Redirects: neither a login page nor a loop is an answer."""

WIRE = [
    Answer("longer-claimed", 200, b'{"kind": "List", "items": []}', JSON, length=10_000),
    Answer("shorter-claimed", 200, b'{"kind": "List", "items": []}', JSON, length=5),
    Answer("negative-length", 200, b"{}", {**JSON, "Content-Length": "-5"}, length=-1),
    Answer("no-number-length", 200, b"{}", {**JSON, "Content-Length": "many"}, length=-1),
    Answer("no-chunks", 200, b"zz\r\nxx", {**JSON, "Transfer-Encoding": "chunked"}, length=-1),
    Answer("cut-chunks", 200, b'20\r\n{"kind":', {**JSON, "Transfer-Encoding": "chunked"}, length=-1),
    Answer("no-gzip", 200, b"this is no gzip", {**JSON, "Content-Encoding": "gzip"}),
    Answer("cut-gzip", 200, gzip.compress(b'{"items": []}' * 99)[:30], {**JSON, "Content-Encoding": "gzip"}),
    Answer("unknown-encoding", 200, b"{}", {**JSON, "Content-Encoding": "x-lzma2"}),
    Answer("gzip-bomb", 200, _bomb(1 << 30), {**JSON, "Content-Encoding": "gzip"}),
    Answer("gzip-bomb-404", 404, _bomb(1 << 30), {**JSON, "Content-Encoding": "gzip"}),
    Answer("endless-spaces", 200, b" " * 65536, JSON, endless=True),
    Answer("endless-error", 500, b"x" * 65536, HTML, endless=True),
    Answer("no-http", 200, b"SSH-2.0-OpenSSH_9.6\r\n", raw=True),
    Answer("tls-alert", 200, b"\x15\x03\x01\x00\x02\x02\x16", raw=True),
    Answer("nothing-at-all", 200, b"", raw=True),
    Answer("reset", reset=True),
    Answer("endless-head", 200, b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 10_000, raw=True),
    Answer("long-head-line", 200, b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 100_000, raw=True),
    Answer("controls-in-head", 200, b"HTTP/1.1 200 \x1b[2J\r\nContent-Length: 0\r\n\r\n", raw=True),
    Answer("other-http", 200, b"HTTP/9.9 200 OK\r\n\r\n{}", raw=True),
]
"""What goes wrong on the way."""

KUBERNETES = [
    _json("items-5", {"kind": "ConfigMapList", "apiVersion": "v1", "metadata": {}, "items": 5}),
    _json("items-text", {"kind": "ConfigMapList", "apiVersion": "v1", "items": "x"}),
    _json("items-of-null", {"kind": "ConfigMapList", "apiVersion": "v1", "items": [None]}),
    _json("items-of-lists", {"kind": "ConfigMapList", "apiVersion": "v1", "items": [[]]}),
    _json("items-without-metadata", {"kind": "ConfigMapList", "apiVersion": "v1", "items": [{}]}),
    _json("items-metadata-5", {"kind": "ConfigMapList", "apiVersion": "v1", "items": [{"metadata": 5}]}),
    _json("items-name-5", {"kind": "ConfigMapList", "apiVersion": "v1", "items": [{"metadata": {"name": 5}}]}),
    _json("untyped-list", {"items": []}),
    _json("plain-list", {"kind": "List", "apiVersion": "v1", "items": []}),
    _json("list-of-another-kind", {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": []}),
    _json("list-for-ever", {"kind": "ConfigMapList", "apiVersion": "v1", "metadata": {"continue": "x"}, "items": []}),
    _json("table", {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "rows": []}),
    _json("groups-5", {"kind": "APIGroupList", "apiVersion": "v1", "groups": 5}),
    _json("groups-of-5", {"kind": "APIGroupList", "apiVersion": "v1", "groups": [5]}),
    _json("versions-5", {"kind": "APIVersions", "versions": 5}),
    _json("versions-of-5", {"kind": "APIVersions", "versions": [5, {}, None]}),
    _json("resources-5", {"kind": "APIResourceList", "groupVersion": "v1", "resources": 5}),
    _json("resources-of-5", {"kind": "APIResourceList", "groupVersion": "v1", "resources": [5]}),
    _json("resources-odd", {"kind": "APIResourceList", "groupVersion": "v1", "resources": [{"name": 1, "kind": []}]}),
    _json("status-success", {"kind": "Status", "apiVersion": "v1", "status": "Success"}),
    _json("error-with-200", _status("NotFound", 404, message='configmaps "settings" not found')),
    _json("status-without-reason", {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404}, 404),
    _json("status-reason-5", _status("NotFound", 404) | {"reason": 5}, 404),
    _json("status-reason-list", _status("NotFound", 404) | {"reason": ["NotFound"], "message": {}}, 404),
    _json("status-unknown", _status("Unknown", 404), 404),
    _json("status-kind-5", {"kind": 5, "apiVersion": "v1", "reason": "NotFound"}, 404),
    _json("no-status-not-found", {"reason": "NotFound", "code": 404, "message": "not found"}, 404),
    _json("status-of-another-group", _status("NotFound", 404) | {"apiVersion": "example.com/v1"}, 404),
    _json("not-found-with-403", _status("NotFound", 404), 403),
    _json("not-found-with-500", _status("NotFound", 404), 500),
    _json("not-found-of-nothing", _status("NotFound", 404, details={}), 404),
    _json("not-found-of-another", _status("NotFound", 404, details={"name": "other", "kind": "pods"}), 404),
    _json("not-found-details-5", _status("NotFound", 404, details=5), 404),
    _json("not-found-details-odd", _status("NotFound", 404, details={"name": [], "kind": {}, "causes": 5}), 404),
    _json("gone", _status("Gone", 410, message="the resource version is too old"), 410),
    _json("conflict-odd", _status("Conflict", 409, details={"causes": [5, {"reason": 5, "field": 5}]}), 409),
    _json("conflict-causes-5", _status("Conflict", 409, details={"causes": 5}), 409),
    _json("conflict-uid", _status("Conflict", 409, message="the UID in the precondition does not match"), 409),
    _json("invalid-odd", _status("Invalid", 422, details={"causes": [{"field": [], "message": 7}]}), 422),
    _json("forbidden", _status("Forbidden", 403, message="no"), 403),
    _json("forbidden-odd", _status("Forbidden", 403, message=["no"], details=[]), 403),
    _json("kong", {"message": "no Route matched with those values"}, 404),
    _json("envoy", "no healthy upstream", 503, {"Content-Type": "text/plain"}),
]
"""What looks like Kubernetes, and is not what was asked for."""
