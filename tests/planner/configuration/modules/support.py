"""Servers and repositories of the tests' own: packages to fetch on loopback."""

from __future__ import annotations

import hashlib
import http.server
import io
import json
import subprocess
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MODULE = {"main.tf": 'output "x" { value = "1" }\n', "sub/main.tf": 'output "x" { value = "2" }\n', "run.sh": "true\n"}


@dataclass
class Web:
    """A web server: paths to (status, headers, body). `seen` are the requests, with their headers."""

    host: str
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def put(self, path: str, body: bytes | dict[str, Any], status: int = 200, **headers: str) -> None:
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        self.answers[path] = (status, {name.replace("_", "-"): text for name, text in headers.items()}, data)


@contextmanager
def web() -> Iterator[Web]:
    """A web server on loopback for a while."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.seen.append((self.path, dict(self.headers)))
            status, headers, body = found.answers.get(self.path) or (404, {}, b"")
            self.send_response(status)
            for name, text in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Web(f"127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def zipped(files: dict[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (0o100755 if name.endswith(".sh") else 0o100644) << 16
            archive.writestr(entry, text)
    return made.getvalue()


def tarred(files: dict[str, str], compression: str = "gz", members: tuple[tarfile.TarInfo, ...] = ()) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=f"w:{compression}") as archive:  # type: ignore[call-overload]
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text), 0o755 if name.endswith(".sh") else 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
        for entry in members:
            archive.addfile(entry)
    return made.getvalue()


def serve_oci(server: Web, repository: str, tags: dict[str, bytes], media_type: str = "archive/zip") -> None:
    """An OCI repository whose tags are artifacts of one layer; it wants a token, which anybody gets."""
    server.put("/token", {"token": "t0ken"})
    for tag, layer in tags.items():
        digest = f"sha256:{hashlib.sha256(layer).hexdigest()}"
        manifest = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "artifactType": "application/vnd.opentofu.modulepkg",
                "layers": [{"mediaType": media_type, "digest": digest, "size": len(layer)}],
            }
        ).encode()
        base = f"/v2/{repository}"
        server.put(f"{base}/blobs/{digest}", layer)
        server.put(f"{base}/manifests/{tag}", manifest)
        server.put(f"{base}/manifests/sha256:{hashlib.sha256(manifest).hexdigest()}", manifest)
    server.put(f"/v2/{repository}/tags/list?n=1000", {"name": repository, "tags": list(tags)})


class Repository:
    """A git repository in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "-q", "-b", "main")

    def commit(self, files: dict[str, str], tag: str = "") -> str:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.chmod(0o755 if name.endswith(".sh") else 0o644)
        self.git("add", "-A")
        self.git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", tag or "more")
        if tag:
            self.git("tag", tag)
        return self.git("rev-parse", "HEAD").strip()

    def git(self, *arguments: str) -> str:
        command = ["git", *arguments]
        done = subprocess.run(command, cwd=self.folder, check=True, capture_output=True, text=True, timeout=60)
        return done.stdout

    @property
    def url(self) -> str:
        return f"git::file://{self.folder}"
