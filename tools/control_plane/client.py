"""A plain client of a Kubernetes API: what was asked, what was answered, nothing in between.

The stand-in for nodes writes with it, and tests compare servers through it.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import urllib3
import yaml

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"


@dataclass(frozen=True)
class Answer:
    """A response: its HTTP status, its parsed body (text where it is no JSON), and its headers."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def ok(self) -> bool:
        """Whether it succeeded."""
        return self.status < 300


class Client:
    """Requests with a bearer token, over verified TLS, without retries. Used by many threads."""

    def __init__(self, endpoint: str, authority: str, token: str, timeout: float = 30.0) -> None:
        """`authority` is the CA in PEM; `timeout` is in seconds, for connecting and for each read."""
        self.endpoint = endpoint
        self.authority = authority
        self._pool = urllib3.PoolManager(
            maxsize=16, ca_cert_data=authority, cert_reqs="CERT_REQUIRED", retries=False, timeout=timeout
        )
        self._headers = {"Authorization": f"Bearer {token}", "User-Agent": "control-plane-client"}

    @classmethod
    def of_kubeconfig(cls, path: Path) -> Self:
        """The client of a kubeconfig's only cluster and user, who has a token."""
        config = yaml.safe_load(path.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        return cls(cluster["server"], authority, user["token"])

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        content: str = "application/json",
        accept: str = "application/json",
    ) -> Answer:
        """Send it; `body` goes as JSON unless it is text. Raises urllib3's errors when there is no answer."""
        headers = {**self._headers, "Accept": accept}
        if body is not None:
            headers["Content-Type"] = content
        data = body if body is None or isinstance(body, str) else json.dumps(body)
        answer = self._pool.request(method, self._url(path, query), body=data, headers=headers)
        return Answer(answer.status, _parsed(answer.data), answer.headers)

    def get(self, path: str, **query: Any) -> Answer:
        """Send a GET."""
        return self.request("GET", path, query=query)

    def post(self, path: str, body: Any, **query: Any) -> Answer:
        """Send a POST."""
        return self.request("POST", path, body, query=query)

    def put(self, path: str, body: Any, **query: Any) -> Answer:
        """Send a PUT."""
        return self.request("PUT", path, body, query=query)

    def patch(self, path: str, body: Any, content: str = MERGE, **query: Any) -> Answer:
        """Send a PATCH, a merge patch unless `content` says otherwise."""
        return self.request("PATCH", path, body, query=query, content=content)

    def apply(self, path: str, body: Any, manager: str = "tester", **query: Any) -> Answer:
        """Server-side apply."""
        return self.patch(path, body, APPLY, fieldManager=manager, **query)

    def delete(self, path: str, body: Any = None, **query: Any) -> Answer:
        """Send a DELETE."""
        return self.request("DELETE", path, body, query=query)

    def watch(self, path: str, stopped: threading.Event | None = None, **query: Any) -> Iterator[Any]:
        """The events of a watch, until the server ends it, or one comes when `stopped` is set."""
        answer = self._pool.request(
            "GET", self._url(path, {"watch": "true", **query}), headers=self._headers, preload_content=False
        )
        try:
            rest = b""
            for chunk in answer.stream(65536):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    if stopped is not None and stopped.is_set():
                        return
                    if line:
                        yield json.loads(line)
        finally:
            answer.close()

    def _url(self, path: str, query: Mapping[str, Any] | None) -> str:
        given = {name: str(value) for name, value in (query or {}).items() if value is not None}
        return self.endpoint + path + (f"?{urlencode(given)}" if given else "")


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data.decode("utf-8", "replace")
