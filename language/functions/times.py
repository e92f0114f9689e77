"""Times of RFC 3339: formatdate, plantimestamp, timeadd, timecmp, timestamp."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from language.functions.contract import FunctionError, Parameter, Table, registrar
from language.scope import Scope
from language.types import NUMBER, STRING
from language.values import Unknown

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)\Z")
_UNITS = {
    "h": 3_600_000_000_000,
    "m": 60_000_000_000,
    "s": 1_000_000_000,
    "ms": 1_000_000,
    "us": 1000,
    "µs": 1000,
    "ns": 1,
}
_DURATION = re.compile(r"(\d*\.?\d*)(h|ms|m|s|us|µs|μs|ns)")
_TOKEN = re.compile(r"'(?:[^']|'')*'?|([A-Za-z])\1*|[^A-Za-z']+", re.DOTALL)


def _parse(text: str, position: int) -> tuple[datetime, int]:
    """A time, and the nanoseconds beside its seconds."""
    found = _RFC3339.match(text)
    problem = "not a valid RFC3339 timestamp: it has the form 2006-01-02T15:04:05Z"
    if found is None:
        raise FunctionError(problem, position)
    day, clock, fraction, zone = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if zone == 'Z' else zone}")
    except ValueError as failure:
        raise FunctionError(f"{problem}: {failure}", position) from None
    return moment, int((fraction or "0").ljust(9, "0")[:9])


def _formatted(moment: datetime, zone: str | None = None) -> str:
    text = moment.isoformat(timespec="seconds")
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") and zone != "+00:00" else text


@function("timestamp", result=STRING, scoped=True)
def timestamp(scope: Scope) -> Any:
    """timestamp(): the time now, in UTC; known only when things are done."""
    return Unknown(STRING, not_null=True) if scope.planning else _formatted(datetime.now(UTC))


@function("plantimestamp", result=STRING, scoped=True)
def plantimestamp(scope: Scope) -> Any:
    """plantimestamp(): the time when the plan was made, in UTC; the same in the whole of it."""
    return scope.planned_at or Unknown(STRING, not_null=True)


@function("timeadd", Parameter("timestamp", STRING), Parameter("duration", STRING), result=STRING)
def timeadd(text: str, duration: str) -> str:
    """timeadd(timestamp, duration): the time a duration such as "1h30m" or "-10m" later."""
    moment, nanoseconds = _parse(text, 0)
    total = nanoseconds + _nanoseconds(duration)
    try:
        moved = moment + timedelta(seconds=total // 1_000_000_000)
    except OverflowError:
        raise FunctionError("the time is out of range", 1) from None
    return _formatted(moved, text[-6:])


def _nanoseconds(text: str) -> int:
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if rest == "0":
        return 0
    total, at = 0, 0
    while at < len(rest):
        found = _DURATION.match(rest, at)
        if found is None or not found.group(1).strip("."):
            break
        whole, _, part = found.group(1).partition(".")
        unit = _UNITS[found.group(2).replace("μ", "µ")]
        total += int(whole or 0) * unit + int(part or 0) * unit // 10 ** len(part)
        at = found.end()
    if not rest or at < len(rest):
        raise FunctionError(f'time: invalid duration "{text}"', 1)
    return sign * total


@function("timecmp", Parameter("timestamp_a", STRING), Parameter("timestamp_b", STRING), result=NUMBER)
def timecmp(one: str, other: str) -> int:
    """timecmp(a, b): -1, 0 or 1 for a time before, at or after another."""
    first, second = _parse(one, 0), _parse(other, 1)
    return (first > second) - (first < second)


@function("formatdate", Parameter("format", STRING), Parameter("time", STRING), result=STRING)
def formatdate(form: str, text: str) -> str:
    """formatdate(spec, timestamp): the time in a form of letters: YYYY MMM DD hh:mm:ss ZZZ; text in '...' as it is."""
    moment, _ = _parse(text, 1)
    made = []
    for found in _TOKEN.finditer(form):
        token = found.group()
        if token.startswith("'"):
            if len(token) < 2 or not token.endswith("'"):
                raise FunctionError("unterminated literal '", 0)
            made.append(token[1:-1].replace("''", "'"))
        elif found.group(1):
            made.append(_part(token, moment, text))
        else:
            made.append(token)
    return "".join(made)


def _part(token: str, moment: datetime, text: str) -> str:
    offset = moment.strftime("%z")
    utc = text.endswith("Z") or offset == "+0000"
    hour = moment.hour % 12 or 12
    parts = {
        "YYYY": f"{moment.year:04}",
        "YY": f"{moment.year % 100:02}",
        "MMMM": moment.strftime("%B"),
        "MMM": moment.strftime("%b"),
        "MM": f"{moment.month:02}",
        "M": str(moment.month),
        "DD": f"{moment.day:02}",
        "D": str(moment.day),
        "EEEE": moment.strftime("%A"),
        "EEE": moment.strftime("%a"),
        "hh": f"{moment.hour:02}",
        "h": str(moment.hour),
        "HH": f"{hour:02}",
        "H": str(hour),
        "AA": "AM" if moment.hour < 12 else "PM",
        "aa": "am" if moment.hour < 12 else "pm",
        "mm": f"{moment.minute:02}",
        "m": str(moment.minute),
        "ss": f"{moment.second:02}",
        "s": str(moment.second),
        "ZZZZZ": f"{offset[:3]}:{offset[3:]}",
        "ZZZZ": offset,
        "ZZZ": "UTC" if utc else offset,
        "Z": "Z" if utc else f"{offset[:3]}:{offset[3:]}",
    }
    if token not in parts:
        known = [name for name in parts if name[0] == token[0]]
        if not known:
            raise FunctionError(f'invalid format: "{token[0]}" has no meaning; put literal letters in single quotes', 0)
        raise FunctionError(f'invalid format: "{token}" is none of {", ".join(sorted(known))}', 0)
    return parts[token]
