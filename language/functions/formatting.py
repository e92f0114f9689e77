"""format and formatlist: Go's verbs, over the values of the language."""

from __future__ import annotations

import re
from decimal import MAX_PREC, Context, Decimal
from typing import Any

from language.conversion import ConversionError, convert, format_number
from language.functions.contract import FunctionError, Parameter, Table, bounded, registrar
from language.functions.encoding import encode_json
from language.graphemes import graphemes
from language.limits import MAX_WIDTH
from language.types import ANY, BOOL, NUMBER, STRING, List
from language.values import ListValue, SetValue, Unknown, is_wholly_known

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)
_EXACT = Context(prec=MAX_PREC)

_VERB = re.compile(r"%(?:%|([-+ #0]*)(\d+)?(?:\.(\d+))?(?:\[(\d+)\])?([a-zA-Z]))")
_VALUES = Parameter("args", ANY, null=True)


def _begun(template: Any, *values: Any) -> Unknown:
    """What comes before the first verb is known."""
    return Unknown(STRING, not_null=True, prefix=template.partition("%")[0] if isinstance(template, str) else "")


@function("format", Parameter("format", STRING), variadic=_VALUES, result=_begun)
def format_(template: str, *values: Any) -> str:
    """format(format, args...): verbs %s %d %f %g %e %x %X %o %b %q %v %t %% with flags, width and precision."""
    position = 0
    used = 0

    def verb(found: re.Match[str]) -> str:
        nonlocal position, used
        if found.group() == "%%":
            return "%"
        flags, width, precision, explicit, letter = found.groups()
        if any(len(each or "") > len(str(MAX_WIDTH)) for each in (width, precision, explicit)):
            raise FunctionError(f'"{found.group()}" has a number of more digits than {MAX_WIDTH:,}', 0)
        index = int(explicit) - 1 if explicit else position
        if not 0 <= index < len(values):
            raise FunctionError(
                f'not enough arguments for "{found.group()}": need index {index} but have {len(values)} total'
            )
        position = index + 1
        used = max(used, position)
        text = _verb(letter, values[index], flags or "", precision, found.group(), index)
        return _pad(text, flags or "", int(width or 0), letter)

    result = _VERB.sub(verb, template)
    stray = re.search(r"%(?!%)", _VERB.sub("", template))
    if stray:
        raise FunctionError("unrecognized format character", 0)
    if used < len(values) and not any(found.group(4) for found in _VERB.finditer(template)):
        raise FunctionError(f"too many arguments; only {used} used by format string", used + 1)
    return result


def _pad(text: str, flags: str, width: int, letter: str) -> str:
    if letter == "t":
        return text
    missing = " " * (width - len(graphemes(text)))
    if "-" in flags:
        return text + missing
    if "0" in flags:
        sign = text[0] if letter not in "sq" and text[:1] in ("-", "+", " ") else ""
        return sign + missing.replace(" ", "0") + text[len(sign) :]
    return missing + text


def _verb(letter: str, value: Any, flags: str, precision: str | None, written: str, index: int) -> str:
    if letter == "v":
        letter = "j" if "#" in flags else _natural(value)
    if letter in "sq":
        text = _as(value, STRING, written, index)
        text = "".join(graphemes(text)[: int(precision)]) if precision is not None else text
        return encode_json(text) if letter == "q" else text
    if letter == "j":
        return encode_json(value)
    if letter == "t":
        return "true" if _as(value, BOOL, written, index) else "false"
    number = _as(value, NUMBER, written, index)
    sign = "+" if "+" in flags and number >= 0 else " " if " " in flags and number >= 0 else ""
    if letter in "dboxX":
        return sign + _whole(letter, number, flags, written, index)
    if letter in "eEfFgG":
        return sign + _fraction(letter, number, precision)
    raise FunctionError(f'unsupported format verb "{letter}" in "{written}"', 0)


def _whole(letter: str, number: Any, flags: str, written: str, index: int) -> str:
    if not isinstance(number, int):
        raise FunctionError(f'unsupported value for "{written}" at position {index}: a whole number is required')
    if "#" in flags and letter == "o":
        return f"{'-' if number < 0 else ''}0{abs(number):o}"
    return format(number, ("#" if "#" in flags else "") + letter)


def _fraction(letter: str, number: Any, precision: str | None) -> str:
    if letter in "gG" and precision is None:
        shortest = _shortest(number)
        return shortest.upper() if letter == "G" else shortest
    if letter in "fF":
        return format(Decimal(number), f".{precision or 6}{letter}")
    return format(float(number), f".{precision or 6}{letter}")


def _shortest(number: Any) -> str:
    """%g without a precision: all digits that count, with an exponent below 1e-4 and from 1e6."""
    sign, digits, exponent = Decimal(number).normalize(_EXACT).as_tuple()
    assert isinstance(exponent, int)
    power = len(digits) + exponent - 1
    if not number or -4 <= power < 6:
        return format_number(number)
    first, rest = str(digits[0]), "".join(str(digit) for digit in digits[1:])
    mantissa = f"{first}.{rest}" if rest else first
    return f"{'-' if sign else ''}{mantissa}e{'-' if power < 0 else '+'}{abs(power):02}"


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


def _row(template: str, values: list[Any]) -> Any:
    return format_(template, *values) if is_wholly_known(tuple(values)) else _begun(template)


def formatlist(template: Any, *values: Any) -> Any:
    """formatlist(format, args...): format for each position of the lists among the arguments, which are as long."""
    unknown = [value for value in values if isinstance(value, Unknown)]
    if isinstance(template, Unknown) or any(value.type not in (STRING, NUMBER, BOOL) for value in unknown):
        return Unknown(List(STRING), not_null=True)
    lists = {len(value) for value in values if isinstance(value, tuple | SetValue)}
    if len(lists) > 1:
        raise FunctionError("the lists among the arguments have different lengths")
    if not lists:
        return ListValue(STRING, [_row(template, list(values))])
    count = lists.pop()
    columns = [tuple(v) if isinstance(v, tuple | SetValue) else (v,) * count for v in values]
    made: list[Any] = []
    length = 0
    for row in zip(*columns, strict=True):
        made.append(_row(template, list(row)))
        length += len(made[-1]) if isinstance(made[-1], str) else 0
        bounded(length)
    return ListValue(STRING, made)


function("formatlist", Parameter("format", STRING), variadic=_VALUES, result=formatlist)(formatlist)
