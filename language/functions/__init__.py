"""The functions of the language, a file a family; a family is imported when one of its functions is first called.

`contract` says what a function is, `calling` what is done for all of them alike: null, unknown and sensitive
arguments, conversion, errors with their place.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module

from language.functions.contract import Function

FAMILIES: dict[str, tuple[str, ...]] = {
    "numeric": ("abs", "ceil", "floor", "log", "max", "min", "parseint", "pow", "signum"),
    "strings": (
        "chomp",
        "endswith",
        "indent",
        "join",
        "lower",
        "regex",
        "regexall",
        "replace",
        "split",
        "startswith",
        "strcontains",
        "strrev",
        "substr",
        "title",
        "trim",
        "trimprefix",
        "trimspace",
        "trimsuffix",
        "upper",
    ),
    "formatting": ("format", "formatlist"),
    "collections": (
        "alltrue",
        "anytrue",
        "chunklist",
        "coalesce",
        "coalescelist",
        "compact",
        "concat",
        "contains",
        "distinct",
        "element",
        "flatten",
        "index",
        "length",
        "matchkeys",
        "one",
        "range",
        "reverse",
        "slice",
        "sort",
        "sum",
    ),
    "maps": ("keys", "lookup", "merge", "transpose", "values", "zipmap"),
    "sets": ("setintersection", "setproduct", "setsubtract", "setunion"),
    "encoding": (
        "base64decode",
        "base64encode",
        "base64gunzip",
        "base64gzip",
        "csvdecode",
        "jsondecode",
        "jsonencode",
        "textdecodebase64",
        "textencodebase64",
        "urldecode",
        "urlencode",
        "yamldecode",
        "yamlencode",
    ),
    "hashing": ("base64sha256", "base64sha512", "md5", "sha1", "sha256", "sha512"),
    "conversion": (
        "can",
        "ephemeralasnull",
        "issensitive",
        "nonsensitive",
        "sensitive",
        "tobool",
        "tolist",
        "tomap",
        "tonumber",
        "toset",
        "tostring",
        "try",
    ),
    "files": (
        "abspath",
        "basename",
        "dirname",
        "file",
        "filebase64",
        "filebase64sha256",
        "filebase64sha512",
        "fileexists",
        "filemd5",
        "fileset",
        "filesha1",
        "filesha256",
        "filesha512",
        "pathexpand",
    ),
    "templates": ("templatefile", "templatestring"),
    "times": ("formatdate", "plantimestamp", "timeadd", "timecmp", "timestamp"),
    "crypto": ("bcrypt", "rsadecrypt", "uuid", "uuidv5"),
    "network": ("cidrcontains", "cidrhost", "cidrnetmask", "cidrsubnet", "cidrsubnets"),
}
_FAMILY_OF = {name: family for family, names in FAMILIES.items() for name in names}


def names() -> list[str]:
    """Every function there is, sorted."""
    return sorted(_FAMILY_OF)


def lookup(name: str) -> tuple[Function | None, tuple[str, str]]:
    """The function of that name ("core::" may stand before it), or what to say and advise when there is none."""
    plain = name.removeprefix("core::")
    family = _FAMILY_OF.get(plain)
    if family is None:
        meant = get_close_matches(plain, _FAMILY_OF, n=1)
        return None, (f'There is no function named "{name}".', f'Did you mean "{meant[0]}"?' if meant else "")
    module = import_module(f"{__name__}.{family}")
    found: Function = module.FUNCTIONS[plain]
    return found, ("", "")
