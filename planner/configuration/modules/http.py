"""Requests to registries and for archives: TLS verified, plain http to loopback only, everything bounded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from language import __version__
from language.overriding import override
from planner.configuration.modules.failures import failure
from planner.configuration.modules.sources import is_loopback, redacted

TIMEOUT = (10, 60)
"""Seconds for a connection, and for the next bytes."""
MAX_BYTES = 256 * 1024 * 1024
MAX_JSON_BYTES = 8 * 1024 * 1024
_CHUNK = 1 << 16


class Session(requests.Session):
    """A session that goes to no unencrypted place. Proxies, ~/.netrc and certificates are those of `requests`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__()
        self.max_redirects = 5
        self.headers["User-Agent"] = f"freehold/{__version__}"
        self._certificates = environment.get("SSL_CERT_FILE", "")

    @override
    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            raise requests.exceptions.InvalidURL(f"{parts.scheme}://{parts.hostname} is not encrypted")
        if options.get("timeout") is None:
            options["timeout"] = TIMEOUT
        if options.get("verify") is True and self._certificates:
            options["verify"] = self._certificates
        return super().send(request, **options)

    @override
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target and resp.url.startswith("https:") and target.startswith("http:"):
            raise requests.exceptions.InvalidURL("a redirect leads from https to http")
        return target


def fetch(session: Session, url: str, what: str, **options: Any) -> requests.Response:
    """The answer to a GET, its body not read yet. Raises FreeholdError for what is no success."""
    try:
        response = session.get(url, stream=True, **options)
    except requests.exceptions.RequestException as problem:
        raise unreachable(what, url, problem) from problem
    refuse(response, what)
    return response


def refuse(response: requests.Response, what: str) -> None:
    """Raise FreeholdError for an answer that is no success."""
    if response.status_code < 400:
        return
    advice = {
        401: "Credentials are taken from ~/.netrc, and for OCI registries from docker's configuration.",
        403: "Credentials are taken from ~/.netrc, and for OCI registries from docker's configuration.",
        404: "Check the name, and whether it is public.",
    }.get(response.status_code, "")
    detail = f"{urlsplit(response.url).hostname} answers {response.status_code} {response.reason} for {what}."
    raise failure("Cannot fetch module", detail, advice)


def unreachable(what: str, url: str, problem: Exception) -> Exception:
    """The error for a request that got no answer."""
    reasons: dict[type[Exception], str] = {
        requests.exceptions.SSLError: "its certificate is not trusted",
        requests.exceptions.ConnectTimeout: "it does not answer in time",
        requests.exceptions.ReadTimeout: "it does not answer in time",
        requests.exceptions.ConnectionError: "there is no connection to it",
        requests.exceptions.TooManyRedirects: "it redirects too often",
    }
    reason = reasons.get(type(problem), str(problem))
    host = urlsplit(url).hostname
    return failure("Cannot fetch module", f"{what} is not to be had from {host}: {redacted(reason)}.")


def save(response: requests.Response, path: Path, what: str) -> str:
    """Write the body of an answer to a file, and give its SHA-256. Raises FreeholdError."""
    digest = hashlib.sha256()
    size = 0
    try:
        with response, path.open("xb") as file:
            for chunk in response.iter_content(_CHUNK):
                size += len(chunk)
                if size > MAX_BYTES:
                    raise failure("Module too large", f"{what} is over {MAX_BYTES >> 20} MiB.")
                digest.update(chunk)
                file.write(chunk)
    except requests.exceptions.RequestException as problem:
        raise unreachable(what, response.url, problem) from problem
    return digest.hexdigest()


def read(response: requests.Response, what: str) -> bytes:
    """The body of an answer that is not large. Raises FreeholdError."""
    data = b""
    try:
        with response:
            for chunk in response.iter_content(_CHUNK):
                data += chunk
                if len(data) > MAX_JSON_BYTES:
                    raise failure("Answer too large", f"The answer about {what} is over {MAX_JSON_BYTES >> 20} MiB.")
    except requests.exceptions.RequestException as problem:
        raise unreachable(what, response.url, problem) from problem
    return data
