"""Texts: case, trimming, searching, joining and splitting, format, regular expressions (RE2)."""

from __future__ import annotations

import re as _python_re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from language.conversion import convert
from language.functions.contract import FunctionError, Parameter, Table, bounded, bounded_elements, registrar
from language.graphemes import graphemes
from language.types import ANY, BOOL, NUMBER, STRING, List
from language.values import ListValue, Unknown

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)
_TEXT = Parameter("str", STRING)
MAX_MATCHES = 1_000_000
_SPACE = " \t\n\v\f\r\x85\xa0"


@function("upper", _TEXT, result=STRING)
def upper(text: str) -> str:
    """upper(str): in capitals."""
    if text.isascii():
        return text.upper()
    return "".join(_capital(character) for character in text)


@function("lower", _TEXT, result=STRING)
def lower(text: str) -> str:
    """lower(str): in small letters."""
    return text.lower() if text.isascii() else "".join(each.lower()[0] for each in text)


@function("title", _TEXT, result=STRING)
def title(text: str) -> str:
    """title(str): the first letter of each word in capitals, the others as they are."""
    return "".join(
        _capital(character) if position == 0 or _separates(text[position - 1]) else character
        for position, character in enumerate(text)
    )


def _capital(character: str) -> str:
    """One character for one, as Go has it: what has no single capital stays."""
    capital = character.upper()
    return capital if len(capital) == 1 else character


def _separates(character: str) -> bool:
    if character.isascii():
        return not (character.isalnum() or character == "_")
    return character.isspace()


@function("strrev", _TEXT, result=STRING)
def strrev(text: str) -> str:
    """strrev(str): its characters in reverse."""
    return "".join(reversed(graphemes(text)))


@function("chomp", _TEXT, result=STRING)
def chomp(text: str) -> str:
    """chomp(str): without the newlines at its end."""
    return text.rstrip("\r\n")


@function("trimspace", _TEXT, result=STRING)
def trimspace(text: str) -> str:
    """trimspace(str): without white space at both ends."""
    return text.strip()


@function("trim", _TEXT, Parameter("cutset", STRING), result=STRING)
def trim(text: str, cutset: str) -> str:
    """trim(str, cutset): without any of the cutset's characters at both ends."""
    return text.strip(cutset) if cutset else text


@function("trimprefix", _TEXT, Parameter("prefix", STRING), result=STRING)
def trimprefix(text: str, prefix: str) -> str:
    """trimprefix(str, prefix): without the prefix, if it begins with it."""
    return text.removeprefix(prefix)


@function("trimsuffix", _TEXT, Parameter("suffix", STRING), result=STRING)
def trimsuffix(text: str, suffix: str) -> str:
    """trimsuffix(str, suffix): without the suffix, if it ends with it."""
    return text.removesuffix(suffix)


def _begins(text: Any, prefix: Any) -> Any:
    """What is known by the beginning of an unknown text."""
    if isinstance(prefix, str) and isinstance(text, Unknown):
        if text.prefix.startswith(prefix):
            return True
        if not prefix.startswith(text.prefix):
            return False
    return Unknown(BOOL, not_null=True)


@function("startswith", _TEXT, Parameter("prefix", STRING), result=_begins)
def startswith(text: str, prefix: str) -> bool:
    """startswith(str, prefix): whether it begins with the prefix."""
    return text.startswith(prefix)


@function("endswith", _TEXT, Parameter("suffix", STRING), result=BOOL)
def endswith(text: str, suffix: str) -> bool:
    """endswith(str, suffix): whether it ends with the suffix."""
    return text.endswith(suffix)


@function("strcontains", _TEXT, Parameter("substr", STRING), result=BOOL)
def strcontains(text: str, part: str) -> bool:
    """strcontains(str, substr): whether the part occurs in it."""
    return part in text


@function("substr", _TEXT, Parameter("offset", NUMBER), Parameter("length", NUMBER), result=STRING)
def substr(text: str, offset: Any, length: Any) -> str:
    """substr(str, offset, length): the part from offset (from the end when negative); -1 takes all the rest."""
    if not isinstance(offset, int) or not isinstance(length, int):
        raise FunctionError("a whole number is required", 1)
    characters = graphemes(text)
    start = max(0, len(characters) + offset) if offset < 0 else offset
    return "".join(characters[start:] if length < 0 else characters[start : start + length])


@function("indent", Parameter("spaces", NUMBER), _TEXT, result=STRING)
def indent(spaces: Any, text: str) -> str:
    """indent(spaces, str): spaces put before every line but the first."""
    if spaces < 0:
        raise FunctionError("there cannot be fewer than no spaces", 0)
    bounded(len(text) + text.count("\n") * spaces)
    return text.replace("\n", "\n" + " " * int(spaces))


@function("join", Parameter("separator", STRING), variadic=Parameter("lists", List(STRING)), result=STRING)
def join(separator: str, *lists: Any) -> str:
    """join(separator, lists...): the elements with the separator between them."""
    if not lists:
        raise FunctionError("at least one list is required")
    parts: list[str] = []
    for position, elements in enumerate(lists, 1):
        for index, element in enumerate(elements):
            if element is None:
                raise FunctionError(f"element {index} is null; cannot concatenate null values", position)
            parts.append(element)
    bounded(sum(map(len, parts)) + len(separator) * max(len(parts) - 1, 0))
    return separator.join(parts)


@function("split", Parameter("separator", STRING), _TEXT, result=List(STRING))
def split(separator: str, text: str) -> ListValue:
    """split(separator, str): the parts between the separators."""
    bounded_elements(text.count(separator) + 1 if separator else len(text))
    return ListValue(STRING, text.split(separator) if separator else list(text))


# -- regular expressions -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def matcher(text: str, argument: int = 0) -> Any:
    """A regular expression compiled, which takes no more than linear time whatever it is. `argument` is to blame."""
    import re2  # only where it is called, to start faster

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as failure:
        reason = failure.args[0].decode() if isinstance(failure.args[0], bytes) else failure.args[0]
        raise FunctionError(f"invalid regexp pattern: {reason}", argument) from None


@function("replace", _TEXT, Parameter("substr", STRING), Parameter("replace", STRING), result=STRING)
def replace(text: str, part: str, other: str) -> str:
    """replace(str, substr, replace): every occurrence replaced; between slashes substr is a regular expression."""
    if len(part) > 1 and part.startswith("/") and part.endswith("/"):
        return _replace_matches(matcher(part[1:-1]), text, other)
    bounded(len(text) + text.count(part) * (len(other) - len(part)))
    return text.replace(part, other)


def _matches(pattern: Any, text: str) -> Iterator[Any]:
    """Every match, but an empty one right behind another, as Go's regexp finds them."""
    behind = -1
    for found in pattern.finditer(text):
        start, end = found.span()
        if start != end or start != behind:
            yield found
        behind = end


def _replace_matches(pattern: Any, text: str, other: str) -> str:
    parts: list[str] = []
    at = length = 0
    for found in _matches(pattern, text):
        parts += (text[at : found.start()], _expand(other, found))
        at = found.end()
        length += len(parts[-1])
        bounded(length)
    return "".join([*parts, text[at:]])


_REFERENCE = _python_re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))")


def _expand(template: str, found: Any) -> str:
    """Go's Expand: $name and ${name} are groups, empty where there is none; $$ is a dollar."""

    def group(reference: _python_re.Match[str]) -> str:
        name = reference.group(1) or reference.group(2)
        if name is None:
            return "$"
        if name.isdigit():
            return (found.group(int(name)) or "") if int(name) <= found.re.groups else ""
        return (found.group(name) or "") if name in found.re.groupindex else ""

    return _REFERENCE.sub(group, template)


def _captured(found: Any) -> Any:
    """A match as regex() gives it: an object of named groups, a tuple of groups, or the whole text."""
    if found.re.groupindex:
        if len(found.re.groupindex) < found.re.groups:
            raise FunctionError("invalid regexp pattern: cannot mix both named and unnamed capture groups", 0)
        return {name: found.group(name) for name in sorted(found.re.groupindex)}
    if found.re.groups:
        return tuple(found.groups())
    return found.group()


@function("regex", Parameter("pattern", STRING), Parameter("string", STRING))
def regex(pattern: str, text: str) -> Any:
    """regex(pattern, string): the first match."""
    found = matcher(pattern).search(text)
    if found is None:
        raise FunctionError("pattern did not match any part of the given string")
    return _captured(found)


@function("regexall", Parameter("pattern", STRING), Parameter("string", STRING))
def regexall(pattern: str, text: str) -> Any:
    """regexall(pattern, string): every match, in a list."""
    matches = list(islice(_matches(matcher(pattern), text), MAX_MATCHES + 1))
    if len(matches) > MAX_MATCHES:
        raise FunctionError(f"there are more than {MAX_MATCHES:,} matches", 1)
    return convert(tuple(_captured(found) for found in matches), List(ANY))
