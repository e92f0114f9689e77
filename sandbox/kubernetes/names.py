"""What names, labels and keys may look like, and what the server says of others.

From `apimachinery/pkg/util/validation`; the messages are compared by clients, so they are its own.
"""

from __future__ import annotations

import re

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_QUALIFIED = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"

_PATTERNS = {
    "label": re.compile(rf"^{_LABEL}$"),
    "label-1035": re.compile(r"^[a-z]([-a-z0-9]*[a-z0-9])?$"),
    "subdomain": re.compile(rf"^{_SUBDOMAIN}$"),
    "qualified": re.compile(rf"^{_QUALIFIED}$"),
    "label-value": re.compile(rf"^({_QUALIFIED})?$"),
    "key": re.compile(r"^[-._a-zA-Z0-9]+$"),
    "port-name": re.compile(r"^[-a-z0-9]+$"),
}

_LABEL_TOLD = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_LABEL_1035_TOLD = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    "'[a-z]([-a-z0-9]*[a-z0-9])?')"
)
_SUBDOMAIN_TOLD = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_QUALIFIED_TOLD = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_LABEL_VALUE_TOLD = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_KEY_TOLD = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)


def _checked(text: str, pattern: str, limit: int, message: str) -> list[str]:
    problems = [f"must be no more than {limit} characters"] if len(text) > limit else []
    if not _PATTERNS[pattern].match(text):
        problems.append(message)
    return problems


def label(text: str) -> list[str]:
    """What is wrong with a label of RFC 1123."""
    return _checked(text, "label", 63, _LABEL_TOLD)


def label_1035(text: str) -> list[str]:
    """What is wrong with a label of RFC 1035."""
    return _checked(text, "label-1035", 63, _LABEL_1035_TOLD)


def subdomain(text: str) -> list[str]:
    """What is wrong with a subdomain of RFC 1123."""
    return _checked(text, "subdomain", 253, _SUBDOMAIN_TOLD)


def path_segment(text: str) -> list[str]:
    """What RBAC's names may be: anything that can stand in a path."""
    if text in (".", ".."):
        return [f"may not be '{text}'"]
    return [f"may not contain '{letter}'" for letter in "/%" if letter in text]


def label_value(text: str) -> list[str]:
    """What is wrong with the value of a label."""
    return _checked(text, "label-value", 63, _LABEL_VALUE_TOLD)


def config_key(text: str) -> list[str]:
    """What is wrong with a key of a ConfigMap or a Secret."""
    if text in (".", "..") or text.startswith(".."):
        return ["must not start with '..'" if text.startswith("..") else f"must not be '{text}'"]
    return _checked(text, "key", 253, _KEY_TOLD)


def port_name(text: str) -> list[str]:
    """What is wrong with the name of a port (IANA_SVC_NAME of RFC 6335)."""
    if len(text) > 15:
        return ["must be no more than 15 characters"]
    if not _PATTERNS["port-name"].match(text):
        return ["must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"]
    return [] if re.search("[a-z]", text) else ["must contain at least one letter (a-z)"]


def qualified(text: str) -> list[str]:
    """A key of labels or annotations: a name, with a DNS prefix or none."""
    prefix, slash, name = text.rpartition("/")
    if "/" in prefix:
        return [
            "a qualified name "
            + _QUALIFIED_TOLD[len("name part ") :]
            + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        ]
    problems = []
    if slash and not prefix:
        problems.append("prefix part must be non-empty")
    elif slash:
        problems += [f"prefix part {message}" for message in subdomain(prefix)]
    if not name:
        problems.append("name part must be non-empty")
    elif len(name) > 63:
        problems.append("name part must be no more than 63 characters")
    if not _PATTERNS["qualified"].match(name):
        problems.append(_QUALIFIED_TOLD)
    return problems
