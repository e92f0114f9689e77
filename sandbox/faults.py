"""Faults on demand: which requests fail, wait, lose their connection or end in failure, and how often.

A rule names a service, an operation and values of its parameters; the front asks for the rule that applies before it
serves a request. Rules come from `-faults=FILE` (JSON or YAML: a list, or an object with the key `faults`) or from
`POST /_sandbox/faults`:

    - service: eks                 # a glob; every service when left out
      operation: CreateNodegroup   # a glob; every operation when left out
      match: {nodegroupName: gen*} # globs for parameters by name (`Filter.1.Name`, `resourcesVpcConfig.subnetIds`)
      after: 1                     # let the first one pass
      times: 2                     # then apply twice (always when left out)
      probability: 0.5             # apply to half of them; with `seed: 7` to the same half each time
      error: {code: ThrottlingException, message: Rate exceeded, status: 400}
      latency: 1.5                 # seconds, of ours, before it is served
      drop: after                  # close the connection, `before` (or true) or `after` the request took effect
      status: CREATE_FAILED        # it is accepted and ends like this, with `issue: {code, message, resourceIds}`

The first rule that applies wins, and at least one of error, latency, drop and status must be there; latency goes
with any of the others.
"""

from __future__ import annotations

import fnmatch
import json
import random
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

MAXIMUM_BYTES = 1 << 20
_DROPS = {True: "before", "before": "before", "after": "after", False: None, None: None}


class InvalidFaults(ValueError):
    """The rules cannot be understood; the message says which and why."""


@dataclass(frozen=True)
class Fault:
    """What befalls one request."""

    error: tuple[str, str, int] | None = None  # code, message, HTTP status
    latency: float = 0.0
    drop: Literal["before", "after"] | None = None
    status: str | None = None
    issue: Mapping[str, Any] | None = None


@dataclass
class _Rule:
    fault: Fault
    service: str = "*"
    operation: str = "*"
    match: Mapping[str, str] = field(default_factory=dict)
    after: int = 0
    times: int | None = None
    probability: float = 1.0
    dice: random.Random = field(default_factory=random.Random)
    seen: int = 0
    applied: int = 0

    def concerns(self, service: str, operation: str, parameters: Mapping[str, Any]) -> bool:
        return (
            fnmatch.fnmatchcase(service, self.service)
            and fnmatch.fnmatchcase(operation, self.operation)
            and all(_matches(parameters, name, glob) for name, glob in self.match.items())
        )

    def applies(self) -> bool:
        """Count one request that this rule concerns and say whether it is hit."""
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.applied >= self.times):
            return False
        if self.probability < 1 and self.dice.random() >= self.probability:
            return False
        self.applied += 1
        return True


def _matches(parameters: Mapping[str, Any], name: str, glob: str) -> bool:
    value: Any = parameters.get(name)
    if value is None and "." in name:
        value = parameters
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    if isinstance(value, list | tuple):
        return any(fnmatch.fnmatchcase(str(item), glob) for item in value)
    return value is not None and fnmatch.fnmatchcase(str(value), glob)


class Faults:
    """The rules in force; safe to ask from many threads."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()

    def replace(self, rules: Any) -> int:
        """Put `rules` (a parsed document) in the place of those in force; returns how many there are.

        Raises InvalidFaults and changes nothing when one of them cannot be understood.
        """
        parsed = parse_rules(rules)
        with self._lock:
            self._rules = parsed
        return len(parsed)

    def clear(self) -> None:
        """Take all faults away."""
        self.replace([])

    def take(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Fault | None:
        """The fault that befalls this request, if any; the rules count it."""
        with self._lock:
            for rule in self._rules:
                if rule.concerns(service, operation, parameters) and rule.applies():
                    return rule.fault
        return None

    def describe(self) -> list[dict[str, Any]]:
        """What is in force and how often it was seen and applied."""
        with self._lock:
            return [
                {"service": r.service, "operation": r.operation, "seen": r.seen, "applied": r.applied}
                for r in self._rules
            ]


def read_rules(path: Path) -> Any:
    """The parsed document in `path`. Raises InvalidFaults when it is no JSON or YAML, OSError when unreadable."""
    if path.stat().st_size > MAXIMUM_BYTES:
        raise InvalidFaults(f"{path} is larger than {MAXIMUM_BYTES} bytes")
    text = path.read_text("utf-8")
    try:
        return json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as reason:
        raise InvalidFaults(f"{path} cannot be parsed: {reason}") from reason


def parse_rules(document: Any) -> list[_Rule]:
    """The rules of a parsed document. Raises InvalidFaults."""
    if isinstance(document, Mapping):
        if set(document) != {"faults"}:
            raise InvalidFaults("an object holds the one key 'faults'")
        document = document["faults"]
    if document is None:
        return []
    if isinstance(document, str | bytes) or not isinstance(document, Sequence):
        raise InvalidFaults("faults are a list of rules")
    return [_parse_rule(number, rule) for number, rule in enumerate(document, 1)]


_WORDS = {
    "service": str,
    "operation": str,
    "match": Mapping,
    "after": int,
    "times": int,
    "probability": int | float,
    "seed": int | str,
    "error": Mapping,
    "latency": int | float,
    "drop": bool | str,
    "status": str,
    "issue": Mapping,
}


def _parse_rule(number: int, rule: Any) -> _Rule:
    if not isinstance(rule, Mapping):
        raise InvalidFaults(f"rule {number} is not an object")
    for word, value in rule.items():
        if word not in _WORDS:
            raise InvalidFaults(f"rule {number}: unknown word {word!r}; known are {', '.join(_WORDS)}")
        if not isinstance(value, _WORDS[word]):
            raise InvalidFaults(f"rule {number}: {word!r} cannot be {value!r}")
    if rule.get("drop") not in _DROPS:
        raise InvalidFaults(f"rule {number}: 'drop' is true, 'before' or 'after'")
    if not 0 <= rule.get("probability", 1) <= 1:
        raise InvalidFaults(f"rule {number}: 'probability' lies between 0 and 1")
    if not 0 <= rule.get("latency", 0) <= 600:
        raise InvalidFaults(f"rule {number}: 'latency' lies between 0 and 600 seconds")
    fault = Fault(
        error=_parse_error(number, rule.get("error")),
        latency=float(rule.get("latency", 0)),
        drop=_DROPS[rule.get("drop")],  # type: ignore[arg-type]
        status=rule.get("status"),
        issue=rule.get("issue"),
    )
    if fault == Fault(issue=fault.issue):
        raise InvalidFaults(f"rule {number} does nothing: give it error, latency, drop or status")
    return _Rule(
        fault,
        service=rule.get("service", "*"),
        operation=rule.get("operation", "*"),
        match={name: str(glob) for name, glob in rule.get("match", {}).items()},
        after=rule.get("after", 0),
        times=rule.get("times"),
        probability=rule.get("probability", 1),
        dice=random.Random(rule.get("seed")),  # noqa: S311 - chance for tests, not for secrets
    )


def _parse_error(number: int, error: Mapping[str, Any] | None) -> tuple[str, str, int] | None:
    if error is None:
        return None
    if "code" not in error or not set(error) <= {"code", "message", "status"}:
        raise InvalidFaults(f"rule {number}: 'error' has a code and may have a message and a status")
    status = error.get("status", 400)
    if not isinstance(status, int) or not 400 <= status <= 599:
        raise InvalidFaults(f"rule {number}: the status of an error lies between 400 and 599")
    return str(error["code"]), str(error.get("message", "Injected fault")), status
