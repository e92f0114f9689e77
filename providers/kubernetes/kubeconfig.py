"""Kubeconfig files: merged as kubectl merges them, and read strictly. What is asked for and not known is refused.

Source: Kubernetes' "Organizing Cluster Access Using kubeconfig Files" and the types of client-go's clientcmd/api/v1.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from language.yaml import YamlError, load_documents
from providers.contract import Environment
from providers.contract.errors import AccessDenied

MAX_BYTES = 8 << 20
_DEFAULT = "~/.kube/config"


@dataclass(frozen=True, slots=True)
class ExecPlugin:
    """A command that prints credentials."""

    command: str
    arguments: tuple[str, ...]
    variables: Mapping[str, str]
    api_version: str
    install_hint: str = ""
    interactive: bool = False
    provide_cluster: bool = False


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a user of a kubeconfig has. Certificates and keys are PEM."""

    token: str = field(default="", repr=False)
    token_file: Path | None = None
    username: str = ""
    password: str = field(default="", repr=False)
    certificate: str = ""
    key: str = field(default="", repr=False)
    plugin: ExecPlugin | None = None
    impersonated: tuple[tuple[str, str], ...] = ()
    """Headers that ask to act as somebody else."""


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """One context: where the cluster is, and who speaks."""

    name: str
    server: str
    authority: str | None
    server_name: str | None
    verified: bool
    proxy: str
    credentials: Credentials


def read(path: str | None, context: str | None, environment: Environment) -> Kubeconfig:
    """The context of the files that `path`, KUBECONFIG or the home folder name; relative to the stack's folder.

    Raises AccessDenied where there are none, or where they cannot be used.
    """
    given = path or environment.variables.get("KUBECONFIG") or _DEFAULT
    parts = [_located(part, environment) for part in given.split(os.pathsep) if part]
    files = [(part, _loaded(part)) for part in parts if os.path.exists(part)]  # no error for what cannot be a name
    if not files:
        advice = 'Name one with kubeconfig = "..." in the cluster block, or with KUBECONFIG.'
        raise AccessDenied("No kubeconfig", f"There is no file {given}.", advice=advice)
    return _Merged(given, files).context(context)


def _located(part: str, environment: Environment) -> Path:
    path = Path(part).expanduser()
    return path if path.is_absolute() else environment.directory / path


def unusable(where: object, problem: str, advice: str = "Check it with kubectl config view.") -> AccessDenied:
    """The error for a kubeconfig that cannot be used."""
    return AccessDenied("Kubeconfig cannot be used", f"{where}: {problem}.", advice=advice)


def _loaded(path: Path) -> dict[str, Any]:
    try:
        if not path.is_file():
            raise unusable(path, "it is not a file")
        if path.stat().st_size > MAX_BYTES:
            raise unusable(path, f"it is over {MAX_BYTES >> 20} MiB")
        documents = [document.value for document in load_documents(path.read_text(encoding="utf-8"))]
    except OSError as failure:
        raise unusable(path, str(failure.strerror)) from failure
    except (YamlError, UnicodeDecodeError) as failure:
        raise unusable(path, f"it is no YAML: {failure}") from failure
    content = documents[0] if documents else {}
    if not isinstance(content, dict):
        raise unusable(path, "it is no map")
    return content


class _Reader:
    """Members of a map in a kubeconfig; `where` names it for people."""

    def __init__(self, value: Any, where: str, folder: Path) -> None:
        if not isinstance(value, dict | None):
            raise unusable(where, "it is no map")
        self._value: dict[str, Any] = value or {}
        self.where = where
        self.folder = folder

    def __contains__(self, name: str) -> bool:
        return self._value.get(name) is not None

    def text(self, name: str) -> str:
        """A text; empty where there is none."""
        found = self._value.get(name)
        if not isinstance(found, str | None):
            raise unusable(f"{self.where}.{name}", "it is no text")
        return found or ""

    def flag(self, name: str) -> bool:
        found = self._value.get(name)
        if not isinstance(found, bool | None):
            raise unusable(f"{self.where}.{name}", "it is neither true nor false")
        return bool(found)

    def items(self, name: str) -> list[Any]:
        found = self._value.get(name)
        if not isinstance(found, list | tuple | None):
            raise unusable(f"{self.where}.{name}", "it is no list")
        return list(found or ())

    def texts(self, name: str) -> tuple[str, ...]:
        found = self.items(name)
        if not all(isinstance(each, str) for each in found):
            raise unusable(f"{self.where}.{name}", "it is no list of texts")
        return tuple(found)

    def inner(self, name: str) -> _Reader:
        return _Reader(self._value.get(name), f"{self.where}.{name}", self.folder)

    def path(self, name: str) -> Path | None:
        """A file's path, relative to the kubeconfig that names it."""
        text = self.text(name)
        return self.folder / Path(text).expanduser() if text else None

    def names(self) -> list[str]:
        return [str(name) for name in self._value]

    def pem(self, name: str) -> str:
        """What stands in base64 under NAME-data, or in the file that NAME names."""
        inline = self.text(f"{name}-data")
        if inline:
            try:
                return base64.b64decode(inline, validate=True).decode("ascii")
            except (binascii.Error, ValueError) as failure:
                raise unusable(f"{self.where}.{name}-data", "it is no base64 of PEM") from failure
        path = self.path(name)
        try:
            return path.read_text(encoding="ascii") if path else ""
        except (OSError, UnicodeDecodeError) as failure:
            raise unusable(f"{self.where}.{name}", f"{path} cannot be read") from failure


class _Merged:
    """Several files as one: of what several say, the first is right."""

    def __init__(self, given: str, files: list[tuple[Path, dict[str, Any]]]) -> None:
        self._given = given
        self._readers = [_Reader(content, str(path), path.parent) for path, content in files]

    def context(self, wanted: str | None) -> Kubeconfig:
        name = wanted or next((r.text("current-context") for r in self._readers if r.text("current-context")), "")
        if not name:
            advice = 'Name one with context = "..." in the cluster block, or run kubectl config use-context.'
            raise unusable(self._given, "it has no current context", advice)
        context = self._named("contexts", "context", name)
        cluster = self._named("clusters", "cluster", context.text("cluster"))
        user = self._named("users", "user", context.text("user")) if "user" in context else None
        server = cluster.text("server")
        if not server:
            raise unusable(cluster.where, "it has no server")
        _check_address(server, f"{cluster.where}.server")
        return Kubeconfig(
            name=f"{self._given}#{name}",
            server=server,
            authority=cluster.pem("certificate-authority") or None,
            server_name=cluster.text("tls-server-name") or None,
            verified=not cluster.flag("insecure-skip-tls-verify"),
            proxy=cluster.text("proxy-url"),
            credentials=_credentials(user) if user is not None else Credentials(),
        )

    def _named(self, table: str, member: str, name: str) -> _Reader:
        known: list[str] = []
        for reader in self._readers:
            for index, item in enumerate(reader.items(table)):
                entry = _Reader(item, f"{reader.where}: {table}[{index}]", reader.folder)
                if entry.text("name") == name:
                    return entry.inner(member)
                known.append(entry.text("name"))
        there = f"There are: {', '.join(known)}." if known else "There are none."
        raise unusable(self._given, f'it has no {member} "{name}"', there)


def _check_address(server: str, where: str) -> None:
    try:
        _ = urlsplit(server).port
    except ValueError as failure:
        raise unusable(where, "it is no URL") from failure


_KNOWN_USER = frozenset(
    {
        "client-certificate", "client-certificate-data", "client-key", "client-key-data", "token", "tokenFile",
        "as", "as-uid", "as-groups", "as-user-extra", "username", "password", "exec", "extensions",
    }
)  # fmt: skip


def _credentials(user: _Reader) -> Credentials:
    unknown = sorted(set(user.names()) - _KNOWN_USER)
    if unknown:
        advice = "Since Kubernetes 1.26 clouds' own commands are named by exec plugins."
        raise unusable(user.where, f'"{unknown[0]}" is not supported', advice if "auth-provider" in unknown else "")
    certificate, key = user.pem("client-certificate"), user.pem("client-key")
    if bool(certificate) != bool(key):
        raise unusable(user.where, "a client certificate and its key belong together")
    return Credentials(
        token=user.text("token"),
        token_file=user.path("tokenFile"),
        username=user.text("username"),
        password=user.text("password"),
        certificate=certificate,
        key=key,
        plugin=_plugin(user.inner("exec")) if "exec" in user else None,
        impersonated=tuple(_impersonated(user)),
    )


def _impersonated(user: _Reader) -> list[tuple[str, str]]:
    """The headers of Kubernetes' "User impersonation"."""
    name, extra = user.text("as"), user.inner("as-user-extra")
    headers = [("Impersonate-User", name)] if name else []
    headers += [("Impersonate-Group", group) for group in user.texts("as-groups")]
    headers += [("Impersonate-Uid", user.text("as-uid"))] if "as-uid" in user else []
    for key in extra.names():
        headers += [(f"Impersonate-Extra-{quote(key.lower(), safe='')}", value) for value in extra.texts(key)]
    if headers and not name:
        raise unusable(user.where, "groups, a uid or extras are asked for without a user to act as")
    return headers


def _plugin(plugin: _Reader) -> ExecPlugin:
    command = plugin.text("command")
    if not command:
        raise unusable(plugin.where, "it has no command")
    if "/" in command:  # as kubectl: a path is relative to the kubeconfig, a bare name is looked up in PATH
        command = str(plugin.folder / command)
    mode = plugin.text("interactiveMode") or "IfAvailable"
    if mode not in ("Never", "IfAvailable", "Always"):
        raise unusable(f"{plugin.where}.interactiveMode", f'it is "{mode}"')
    variables = [_Reader(each, f"{plugin.where}.env", plugin.folder) for each in plugin.items("env")]
    return ExecPlugin(
        command=command,
        arguments=plugin.texts("args"),
        variables={each.text("name"): each.text("value") for each in variables},
        api_version=plugin.text("apiVersion"),
        install_hint=plugin.text("installHint"),
        interactive=mode == "Always",
        provide_cluster=plugin.flag("provideClusterInfo"),
    )
