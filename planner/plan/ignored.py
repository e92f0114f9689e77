"""What `ignore_changes` keeps as it is: for kinds, the configuration says of it what exists."""

from __future__ import annotations

from typing import Any

from language.values import MapValue, rebuilt
from providers.contract import ValuePath, Values


def keep_ignored(config: Values, prior: Values, paths: tuple[ValuePath, ...]) -> Values:
    """The configuration with the prior values at the paths whose changes are ignored."""
    for path in paths:
        config = _kept(config, prior, path)
    return config


def _with(values: Values, name: Any, value: Any) -> Values:
    made: Values = rebuilt(values, {**values, name: value})
    return made


def _kept(config: Any, prior: Any, path: ValuePath) -> Any:
    step, rest = path[0], path[1:]
    if isinstance(config, dict) and isinstance(prior, dict):
        if rest:
            if step not in config:
                return config
            return _with(config, step, _kept(config[step], prior.get(step), rest))
        if step in prior and (step in config or isinstance(config, MapValue)):
            return _with(config, step, prior[step])
        if isinstance(config, MapValue):
            return rebuilt(config, {name: v for name, v in config.items() if name != step})
        return config  # an object has the attributes that are written, whatever it had before
    if not isinstance(config, tuple) or not isinstance(prior, tuple) or not isinstance(step, int):
        return config
    if step < min(len(config), len(prior)):
        kept = _kept(config[step], prior[step], rest) if rest else prior[step]
        return rebuilt(config, (*config[:step], kept, *config[step + 1 :]))
    return config
