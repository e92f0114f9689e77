"""Packages from OCI registries: an artifact whose one layer is an archive. Source: OpenTofu's "Module Packages in OCI".

Credentials are docker's (its configuration and credential helpers), through `oras`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from inspect import unwrap
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson
import requests

from planner.configuration.modules.failures import failure
from planner.configuration.modules.http import MAX_BYTES, Session, read, refuse, save, unreachable
from planner.configuration.modules.sources import Source, is_loopback
from planner.configuration.modules.unpack import unpack

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LAYERS = (
    "archive/zip",
    "application/zip",
    "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.oci.image.layer.v1.tar",
    "application/gzip",
)
_PAGES = 20


class Oci:
    """One repository of a registry."""

    def __init__(self, source: Source, environment: Mapping[str, str]) -> None:
        import oras.container
        import oras.logger
        import oras.provider

        oras.logger.setup_logger(quiet=True, debug=False)
        parts = urlsplit(source.address)
        self._what = source.package
        self._options = source.options
        self._scheme = "http" if is_loopback(parts.hostname or "") and _plain(environment) else "https"
        self._base = f"{self._scheme}://{parts.netloc}/v2/{parts.path.strip('/')}"
        self._container = oras.container.Container(f"{parts.netloc}/{parts.path.strip('/')}:latest")
        self._registry = oras.provider.Registry(hostname=parts.netloc, insecure=self._scheme == "http")
        self._registry.session = self._registry.auth.session = Session(environment)
        # without its decorator, which tries again for two minutes, whatever the failure was
        self._request = partial(unwrap(oras.provider.Registry.do_request), self._registry)

    def tags(self) -> dict[str, str]:
        """Every tag; what it names is asked for when it is fetched."""
        found: list[str] = []
        url = f"{self._base}/tags/list?n=1000"
        for _ in range(_PAGES):
            response = self._get(url)
            found += orjson.loads(read(response, self._what)).get("tags") or []
            following = response.links.get("next", {}).get("url")
            if not following:
                break
            url = urljoin(response.url, following)
        return {tag: tag for tag in found}

    def fetch(self, revision: str, into: Path) -> str:
        """Write the files of an artifact (a digest, a tag, or the source's) into a folder. Gives its digest."""
        desired = revision or self._options.get("digest") or self._options.get("tag") or "latest"
        data = read(self._get(f"{self._base}/manifests/{desired}", Accept=MANIFEST), self._what)
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        if desired.startswith("sha256:") and desired != digest:
            raise failure("Wrong digest", f"The registry gave {digest} for {self._what} where {desired} was asked for.")
        layer = self._layer(data)
        archive = into.with_suffix(".archive")
        found = save(self._get(f"{self._base}/blobs/{layer['digest']}"), archive, self._what)
        if layer["digest"] != f"sha256:{found}":
            raise failure("Wrong digest", f"The content of {self._what} is not what its manifest says.")
        into.mkdir()
        unpack(archive, into, self._what)
        return digest

    def _layer(self, manifest: bytes) -> dict[str, Any]:
        try:
            layers = [layer for layer in orjson.loads(manifest)["layers"] if layer["mediaType"] in LAYERS]
            if len(layers) == 1 and layers[0]["size"] <= MAX_BYTES:
                return dict(layers[0])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            pass
        detail = f"{self._what} has not exactly one layer that is an archive ({LAYERS[0]} for one)."
        raise failure("Not a module package", detail)

    def _get(self, url: str, **headers: str) -> requests.Response:
        try:
            self._registry.auth.load_configs(self._container)
            response: requests.Response = self._request(url, "GET", headers=dict(headers), stream=True)
        except requests.exceptions.RequestException as problem:
            raise unreachable(self._what, url, problem) from problem
        except ValueError as problem:
            detail = f"{urlsplit(url).hostname} wants credentials for {self._what}."
            raise failure("Cannot fetch module", detail, "Log in with: docker login HOST") from problem
        refuse(response, self._what)
        return response


def _plain(environment: Mapping[str, str]) -> bool:
    """Registries on this machine are asked over http, as docker does, but where certificates for them are given."""
    return not environment.get("SSL_CERT_FILE")
