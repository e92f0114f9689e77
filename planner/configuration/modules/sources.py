"""What a module's `source` says: where its package is, and which folder of it is meant.

The forms are those that Terraform documents under "Module Sources": a local path, git (also as git@host:path and by the
names of two forges), an archive over https, an OCI artifact, and a registry's NAMESPACE/NAME/SYSTEM.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NoReturn
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from language.diagnostics import FreeholdError, error

Kind = Literal["local", "git", "archive", "oci", "registry"]

DEFAULT_REGISTRY = "registry.terraform.io"
ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar")
_LOCAL = ("./", "../", ".\\", "..\\")
_FORGES = ("github.com", "bitbucket.org")
_FORCED = re.compile(r"([A-Za-z0-9]+)::(.*)", re.DOTALL)
_SCP = re.compile(r"(?P<user>[\w.-]+@)(?P<host>[\w.-]+):(?P<path>(?!//).+)")
_REGISTRY = re.compile(
    r"(?:(?P<host>[\w-]+(?:\.[\w-]+)+(?::\d+)?|localhost:\d+)/)?"
    r"(?P<path>[0-9A-Za-z][\w-]*/[0-9A-Za-z][\w-]*/[0-9a-z]{1,64})"
)
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "git": ("ref", "depth"),
    "archive": ("archive", "checksum"),
    "oci": ("tag", "digest"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """`address` is where the package is, without what `options` says of it and without the folder inside of it."""

    kind: Kind
    address: str
    subfolder: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def package(self) -> str:
        """The package for people and the lock file: no password, no folder."""
        query = f"?{urlencode(self.options)}" if self.options else ""
        return ("git::" if self.kind == "git" else "") + redacted(self.address) + query


def parse_source(text: str) -> Source:
    """The source that a text names. Raises FreeholdError."""
    if text.startswith(_LOCAL) or text in (".", ".."):
        return Source("local", text)
    forced = _FORCED.fullmatch(text)
    if forced is not None and forced.group(1) != "git":
        _refuse(text, f"{forced.group(1)}:: sources are not supported.")
    rest = forced.group(2) if forced else text
    scp = _SCP.fullmatch(rest)
    if scp is not None:
        return _remote("git", f"ssh://{scp['user']}{scp['host']}/{scp['path']}", text)
    if forced:
        return _remote("git", rest, text)
    if text.startswith("oci://"):
        return _remote("oci", text, text)
    if "://" in text:
        return _remote("archive", text, text)
    if text.partition("/")[0] in _FORGES:
        return _forge(text)
    return _registry(text)


def _forge(text: str) -> Source:
    """github.com/ORGANISATION/REPOSITORY, cloned over https."""
    path, mark, query = text.partition("?")
    repository, _, inside = path.partition("//")
    host, *parts = repository.strip("/").split("/")
    if len(parts) < 2:
        _refuse(text, f"A repository is named as {host}/ORGANISATION/REPOSITORY.")
    name = parts[1].removesuffix(".git")
    inside = "/".join([*parts[2:], *([inside] if inside else [])])
    return _remote("git", f"https://{host}/{parts[0]}/{name}.git{'//' + inside if inside else ''}{mark}{query}", text)


def _registry(text: str) -> Source:
    path, _, inside = text.partition("//")
    found = _REGISTRY.fullmatch(path)
    if found is None:
        advice = f'For a folder beside this one write "./{text}".' if re.fullmatch(r"[\w./-]+", text) else ""
        _refuse(text, "It is neither a path, nor an address, nor a registry's NAMESPACE/NAME/SYSTEM.", advice)
    host = found["host"] or DEFAULT_REGISTRY
    return Source("registry", f"{host}/{found['path']}", _inside(inside, text))


def _remote(kind: Kind, address: str, text: str) -> Source:
    try:
        parts = urlsplit(address)
        loopback = is_loopback(parts.hostname or "")
    except ValueError:
        _refuse(text, "It is not an address.")
    schemes = {"git": ("https", "ssh", "file"), "archive": ("https",), "oci": ("oci",)}[kind]
    if parts.scheme not in schemes and not (parts.scheme == "http" and loopback):
        _refuse(text, f"What is fetched over {parts.scheme or 'nothing'} is not trusted; write {schemes[0]}://.")
    path, _, inside = parts.path.partition("//")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    known = {name: value for name, value in options.items() if name in _OPTIONS[kind]}
    rest = urlencode({name: value for name, value in options.items() if name not in known})
    if kind == "archive" and not known.get("archive") and not path.endswith(ARCHIVES):
        _refuse(text, f"It names no archive ({', '.join(ARCHIVES)}).", "For a git repository write git::https://...")
    return Source(kind, urlunsplit((parts.scheme, parts.netloc, path, rest, "")), _inside(inside, text), known)


def _inside(folder: str, text: str) -> str:
    if ".." in folder.split("/"):
        _refuse(text, "The folder behind // may not leave the package.")
    return folder.strip("/")


def _refuse(text: str, detail: str, advice: str = "") -> NoReturn:
    detail = f'"{redacted(text)}" cannot be the source of a module. {detail}'
    raise FreeholdError([error("Invalid module source", detail, advice=advice)])


def redacted(address: str) -> str:
    """An address without its password, and without what its query may hide; its user stays."""
    return re.sub(r"//([^/@:]*):[^/@]*@", r"//\1@", address)


def is_loopback(host: str) -> bool:
    """Whether traffic to it stays on this machine."""
    return host in ("localhost", "127.0.0.1", "::1")
