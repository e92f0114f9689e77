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


_LONGEST = 2_000
_LONGEST_SHOWN = 200


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
    if len(text) > _LONGEST or not text.isprintable():
        _refuse(text, f"It has over {_LONGEST:,} characters, or such as cannot be shown.")
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
        _ = parts.port  # may be none, too
    except ValueError:
        _refuse(address.partition("//")[0] + "//...", "It is not an address.")
    schemes = {"git": ("https", "ssh", "file"), "archive": ("https",), "oci": ("oci",)}[kind]
    if parts.scheme not in schemes and not (parts.scheme == "http" and loopback):
        _refuse(text, f"What is fetched over {parts.scheme or 'nothing'} is not trusted; write {schemes[0]}://.")
    if parts.scheme != "file" and not parts.hostname:
        _refuse(text, "It names no host.")
    path, _, inside = parts.path.partition("//")
    if kind == "oci" and not path.strip("/"):
        _refuse(text, "It names no repository: oci://HOST/REPOSITORY.")
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
    shown = redacted(text)
    if len(shown) > _LONGEST_SHOWN:
        shown = f"{shown[:_LONGEST_SHOWN]}..."
    shown = "".join(character if character.isprintable() else "?" for character in shown)
    detail = f'"{shown}" cannot be the source of a module. {detail}'
    raise FreeholdError([error("Invalid module source", detail, advice=advice)])


_LOGIN = re.compile(r"(?:\b(ssh):)?//([^/?#\s'\"]*)@")
_PARAMETER = re.compile(r"([?&][^=&#\s'\"]+=)([^&#\s'\"]+)")
_SECRET = re.compile(r"token|secret|pass|pwd|key|sig|auth|cred|jwt", re.IGNORECASE)
_LONGEST_PLAIN = 16


def redacted(text: str) -> str:
    """A text without what addresses in it may hide: who logs in (but for ssh, whose users are no secret) and
    passwords, and the arguments of queries that are named as secrets are, or as long."""
    return _PARAMETER.sub(_without_secret, _LOGIN.sub(_without_login, text))


def _without_login(found: re.Match[str]) -> str:
    return f"ssh://{found[2].partition(':')[0]}@" if found[1] else "//"


def _without_secret(found: re.Match[str]) -> str:
    name = found[1][1:-1]
    known = any(name in options for options in _OPTIONS.values())
    plain = known or (len(found[2]) <= _LONGEST_PLAIN and not _SECRET.search(name))
    return found[0] if plain else f"{found[1]}***"


def is_loopback(host: str) -> bool:
    """Whether traffic to it stays on this machine."""
    return host in ("localhost", "127.0.0.1", "::1")
