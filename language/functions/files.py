"""Files of the module: file, templatefile, fileset and their kin, relative to the stack's folder, as in Terraform."""

from __future__ import annotations

import base64
import os.path
import re
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path

from language.functions.contract import FunctionError, Parameter, Table, registrar
from language.functions.hashing import DIGESTS
from language.functions.strings import matcher
from language.limits import MAX_FILES
from language.scope import Scope
from language.types import BOOL, STRING, Set
from language.unicode import is_unicode
from language.values import SetValue

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)
_PATH = Parameter("path", STRING)
MAX_BYTES = 64 * 1024 * 1024


def _resolve(path: str, scope: Scope) -> Path:
    if "\0" in path:
        raise FunctionError("a path cannot hold a null character", 0)
    expanded = Path(os.path.expanduser(path))
    return expanded if expanded.is_absolute() else Path(scope.folder) / expanded


def _read(path: str, scope: Scope) -> bytes:
    resolved = _resolve(path, scope)
    try:
        if not stat.S_ISREG(resolved.stat().st_mode):
            raise FunctionError(f"{path} is not a file", 0)
        if resolved.stat().st_size > MAX_BYTES:
            raise FunctionError(f"the file {path} is over {MAX_BYTES >> 20} MiB", 0)
        return resolved.read_bytes()
    except FileNotFoundError:
        raise FunctionError(f"no file exists at {path!r}", 0) from None
    except OSError as failure:
        raise FunctionError(f"failed to read {path!r}: {failure.strerror}", 0) from None


@function("file", _PATH, result=STRING, scoped=True)
def file(path: str, scope: Scope) -> str:
    """file(path): the text of a file, which must be UTF-8."""
    try:
        return _read(path, scope).decode()
    except UnicodeDecodeError:
        detail = (
            f"contents of {path} are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded contents"
        )
        raise FunctionError(detail, 0) from None


@function("filebase64", _PATH, result=STRING, scoped=True)
def filebase64(path: str, scope: Scope) -> str:
    """filebase64(path): the bytes of a file in Base64."""
    return base64.b64encode(_read(path, scope)).decode()


def _digest(digest: Callable[[bytes], str], path: str, scope: Scope) -> str:
    return digest(_read(path, scope))


for _name, _of in DIGESTS.items():
    _about = f"file{_name}(path): what {_name} gives for the bytes of a file."
    function(f"file{_name}", _PATH, result=STRING, scoped=True, about=_about)(partial(_digest, _of))


@function("fileexists", _PATH, result=BOOL, scoped=True)
def fileexists(path: str, scope: Scope) -> bool:
    """fileexists(path): whether there is a file; what is there and is none (a folder, a device) is an error."""
    try:
        found = _resolve(path, scope)
        if found.exists() and not found.is_file():
            raise FunctionError(f"{path!r} is there, and is not a regular file", 0)
        return found.is_file()
    except OSError as failure:
        raise FunctionError(f"failed to look for {path!r}: {failure.strerror}", 0) from None


@function("fileset", _PATH, Parameter("pattern", STRING), result=Set(STRING), scoped=True)
def fileset(path: str, pattern: str, scope: Scope) -> SetValue:
    """fileset(path, pattern): the files below the folder that match, relative to it; ** crosses folders."""
    root = _resolve(path, scope)
    matches = matcher(f"(?s)(?:{_glob(pattern)})", 1).fullmatch
    found = []
    seen = 0
    for folder, folders, names in os.walk(root):
        seen += len(folders) + len(names)
        if seen > MAX_FILES:
            raise FunctionError(f"there are over {MAX_FILES:,} files and folders below {path!r}", 0)
        within = folder.removeprefix(str(root)).strip("/")
        for name in names:
            relative = f"{within}/{name}" if within else name
            if not is_unicode(relative):
                raise FunctionError(f"the name of a file is not UTF-8 text: {os.fsencode(relative)!r}", 0)
            if matches(relative):
                found.append(relative)
    return SetValue(STRING, found)


def _glob(pattern: str) -> str:
    pieces = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    text = ""
    for token in re.findall(r"\\.|\*\*/|\*\*|\*|\?|\[[^\]]+\]|\{[^}]*\}|.", pattern, re.DOTALL):
        if token in ("[", "{", "\\"):
            raise FunctionError("there is a syntax error in the pattern", 1)
        if token.startswith("\\"):
            text += re.escape(token[1])
        elif token.startswith("{"):
            text += "(?:" + "|".join(_glob(option) for option in token[1:-1].split(",")) + ")"
        elif len(token) > 1 and token.startswith("["):
            text += token
        else:
            text += pieces.get(token, re.escape(token))
    return text


@function("abspath", _PATH, result=STRING)
def abspath(path: str) -> str:
    """abspath(path): the path from the root."""
    return os.path.abspath(path)


@function("basename", _PATH, result=STRING)
def basename(path: str) -> str:
    """basename(path): its last part."""
    return os.path.basename(path.rstrip("/")) or ("/" if path else ".")


@function("dirname", _PATH, result=STRING)
def dirname(path: str) -> str:
    """dirname(path): all but its last part."""
    return os.path.normpath(os.path.dirname(path)) if os.path.dirname(path) else "."


@function("pathexpand", _PATH, result=STRING)
def pathexpand(path: str) -> str:
    """pathexpand(path): with ~ at its beginning replaced by the home folder."""
    return os.path.expanduser(path)
