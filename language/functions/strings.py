"""Texts: case, trimming, searching, joining and splitting, format, regular expressions (RE2)."""

from __future__ import annotations

import re as _python_re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from language.functions.contract import FunctionError, Parameter, Table, registrar
from language.types import ANY, BOOL, NUMBER, STRING, ConversionError, List, convert, format_number
from language.values import ListValue, SetValue

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)
_TEXT = Parameter("str", STRING)
_SPACE = " \t\n\v\f\r\x85\xa0"


@function("upper", _TEXT, result=STRING)
def upper(text: str) -> str:
    """upper(str): in capitals."""
    return text.upper()


@function("lower", _TEXT, result=STRING)
def lower(text: str) -> str:
    """lower(str): in small letters."""
    return text.lower()


@function("title", _TEXT, result=STRING)
def title(text: str) -> str:
    """title(str): the first letter of each word in capitals, the others as they are."""
    return _python_re.sub(r"(?<![\w'])([^\W\d_])", lambda found: found.group(1).upper(), text)


@function("strrev", _TEXT, result=STRING)
def strrev(text: str) -> str:
    """strrev(str): its characters in reverse."""
    return text[::-1]


@function("chomp", _TEXT, result=STRING)
def chomp(text: str) -> str:
    """chomp(str): without the newlines at its end."""
    return _python_re.sub(r"(?:\r\n?|\n)*\Z", "", text)


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


@function("startswith", _TEXT, Parameter("prefix", STRING), result=BOOL)
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
    start = max(0, len(text) + offset) if offset < 0 else offset
    if length < -1:
        raise FunctionError("length must not be less than -1", 2)
    return text[start:] if length == -1 else text[start : start + length]


@function("indent", Parameter("spaces", NUMBER), _TEXT, result=STRING)
def indent(spaces: Any, text: str) -> str:
    """indent(spaces, str): spaces put before every line but the first."""
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
    return separator.join(parts)


@function("split", Parameter("separator", STRING), _TEXT, result=List(STRING))
def split(separator: str, text: str) -> ListValue:
    """split(separator, str): the parts between the separators."""
    return ListValue(STRING, text.split(separator) if separator else list(text))


# -- regular expressions -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _pattern(text: str) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as failure:
        reason = failure.args[0].decode() if isinstance(failure.args[0], bytes) else failure.args[0]
        raise FunctionError(f"invalid regexp pattern: {reason}", 0) from None


@function("replace", _TEXT, Parameter("substr", STRING), Parameter("replace", STRING), result=STRING)
def replace(text: str, part: str, other: str) -> str:
    """replace(str, substr, replace): every occurrence replaced; between slashes substr is a regular expression."""
    if len(part) > 1 and part.startswith("/") and part.endswith("/"):
        return str(_pattern(part[1:-1]).sub(lambda found: _expand(other, found), text))
    return text.replace(part, other)


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
        return {name: found.group(name) for name in sorted(found.re.groupindex)}
    if found.re.groups:
        return tuple(found.groups())
    return found.group()


@function("regex", Parameter("pattern", STRING), Parameter("string", STRING))
def regex(pattern: str, text: str) -> Any:
    """regex(pattern, string): the first match."""
    found = _pattern(pattern).search(text)
    if found is None:
        raise FunctionError("pattern did not match any part of the given string")
    return _captured(found)


@function("regexall", Parameter("pattern", STRING), Parameter("string", STRING))
def regexall(pattern: str, text: str) -> Any:
    """regexall(pattern, string): every match, in a list."""
    return convert(tuple(_captured(found) for found in _pattern(pattern).finditer(text)), List(ANY))


# -- format ------------------------------------------------------------------------------------------------------------

_VERB = _python_re.compile(r"%(?:%|([-+ #0]*)(\d+)?(?:\.(\d+))?(?:\[(\d+)\])?([a-zA-Z]))")
_VALUES = Parameter("args", ANY, null=True)


@function("format", Parameter("format", STRING), variadic=_VALUES, result=STRING)
def format_(template: str, *values: Any) -> str:
    """format(format, args...): verbs %s %d %f %g %e %x %X %o %b %q %v %t %% with flags, width and precision."""
    position = 0
    used = 0

    def verb(found: _python_re.Match[str]) -> str:
        nonlocal position, used
        if found.group() == "%%":
            return "%"
        flags, width, precision, explicit, letter = found.groups()
        index = int(explicit) - 1 if explicit else position
        if index >= len(values):
            raise FunctionError(
                f'not enough arguments for "{found.group()}": need index {index} but have {len(values)} total'
            )
        position = index + 1
        used = max(used, position)
        text = _verb(letter, values[index], flags or "", precision, found.group(), index)
        return _pad(text, flags or "", int(width or 0), letter)

    result = _VERB.sub(verb, template)
    stray = _python_re.search(r"%(?!%)", _VERB.sub("", template))
    if stray:
        raise FunctionError("unrecognized format character", 0)
    if used < len(values) and "[" not in template:
        raise FunctionError(f"too many arguments; only {used} used by format string", used + 1)
    return result


def _pad(text: str, flags: str, width: int, letter: str) -> str:
    if "-" in flags:
        return text.ljust(width)
    if "0" in flags and letter in "dfegExXob":
        sign = text[0] if text[:1] in ("-", "+") else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width)


def _verb(letter: str, value: Any, flags: str, precision: str | None, written: str, index: int) -> str:
    if letter == "v":
        letter = _natural(value)
    if letter in "sq":
        text = _as(value, STRING, written, index)
        text = text[: int(precision)] if precision is not None else text
        return _quote(text) if letter == "q" else text
    if letter == "j":
        from language.functions.encoding import encode_json

        return encode_json(value)
    if letter == "t":
        return "true" if _as(value, BOOL, written, index) else "false"
    number = _as(value, NUMBER, written, index)
    sign = "+" if "+" in flags and number >= 0 else " " if " " in flags and number >= 0 else ""
    if letter in "dboxX":
        whole = int(number)
        base = {"d": "d", "b": "b", "o": "o", "x": "x", "X": "X"}[letter]
        return sign + format(whole, ("#" if "#" in flags else "") + base)
    if letter in "eEfFgG":
        if letter in "gG" and precision is None:
            return sign + _shortest(number)
        return (
            sign + format(Decimal(number), f".{precision or 6}{letter}")
            if letter in "fF"
            else sign + _go_exponent(number, letter, precision)
        )
    raise FunctionError(f'unsupported format verb "{letter}" in "{written}"', 0)


def _go_exponent(number: Any, letter: str, precision: str | None) -> str:
    return format(float(number), f".{precision or 6}{letter}")


def _shortest(number: Any) -> str:
    """%g without a precision: the shortest text, with an exponent outside of 1e-4 to 1e21."""
    size = abs(number)
    if size and not Decimal("1e-4") <= size < Decimal("1e21"):
        return format(float(number), "g")
    return format_number(number)


def _natural(value: Any) -> str:
    if value is None or isinstance(value, tuple | dict | SetValue):
        return "j"
    if isinstance(value, bool):
        return "t"
    return "s" if isinstance(value, str) else "g"


def _as(value: Any, type_: Any, written: str, index: int) -> Any:
    if value is None:
        raise FunctionError(
            f'unsupported value for "{written}" at position {index}: null value cannot be formatted', index + 1
        )
    try:
        return convert(value, type_)
    except ConversionError as failure:
        detail = f'unsupported value for "{written}" at position {index}: {failure}'
        raise FunctionError(detail, index + 1) from None


def _quote(text: str) -> str:
    from language.functions.encoding import encode_json

    return encode_json(text)


@function("formatlist", Parameter("format", STRING), variadic=_VALUES, result=List(STRING))
def formatlist(template: str, *values: Any) -> ListValue:
    """formatlist(format, args...): format for each position of the lists among the arguments, which are as long."""
    lists = {len(value) for value in values if isinstance(value, tuple | SetValue)}
    if len(lists) > 1:
        raise FunctionError("the lists among the arguments have different lengths")
    if not lists:
        return ListValue(STRING, [format_(template, *values)])
    rows = [[tuple(v)[row] if isinstance(v, tuple | SetValue) else v for v in values] for row in range(lists.pop())]
    return ListValue(STRING, [format_(template, *row) for row in rows])
