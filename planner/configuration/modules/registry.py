"""Modules of a registry: which versions there are, and where the package of one is.

Source: Terraform's "Module Registry Protocol" and "Remote Service Discovery".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

import orjson

from planner.configuration.modules.failures import failure
from planner.configuration.modules.http import Session, fetch, read
from planner.configuration.modules.sources import Source, is_loopback


class Registry:
    """One module of a registry. Its tokens are Terraform's: TF_TOKEN_<host>."""

    def __init__(self, source: Source, environment: Mapping[str, str]) -> None:
        self._host, _, self._path = source.address.partition("/")
        self._what = source.address
        self._session = Session(environment)
        token = environment.get("TF_TOKEN_" + self._host.replace(".", "_").replace("-", "__").replace(":", "_"))
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def versions(self) -> dict[str, str]:
        """Every version, and where its package is asked for."""
        base = urljoin(self._services(), self._path + "/")
        answer = self._json(urljoin(base, "versions"))
        try:
            found = [each["version"] for each in answer["modules"][0]["versions"]]
        except (KeyError, IndexError, TypeError) as problem:
            raise self._unexpected() from problem
        return {version: urljoin(base, f"{version}/download") for version in found}

    def package(self, url: str) -> str:
        """The source that the registry gives for a version."""
        response = fetch(self._session, url, self._what, headers=self._headers)
        with response:
            found = response.headers.get("X-Terraform-Get", "")
        if not found:
            found = str(self._json(url).get("location", "")) if response.status_code == 200 else ""
        if not found:
            raise self._unexpected()
        return urljoin(url, found) if found.startswith(("/", "./", "../")) else found

    def _services(self) -> str:
        scheme = "http" if is_loopback(self._host.partition(":")[0]) else "https"
        url = f"{scheme}://{self._host}/.well-known/terraform.json"
        service = self._json(url).get("modules.v1")
        if not isinstance(service, str):
            raise failure("Not a module registry", f"{self._host} offers no modules.")
        return urljoin(url, service)

    def _json(self, url: str) -> dict[str, Any]:
        try:
            found = orjson.loads(read(fetch(self._session, url, self._what, headers=self._headers), self._what))
        except orjson.JSONDecodeError as problem:
            raise self._unexpected() from problem
        if not isinstance(found, dict):
            raise self._unexpected()
        return found

    def _unexpected(self) -> Exception:
        return failure("Unexpected answer", f"{self._host} does not answer for {self._what} as a module registry does.")
