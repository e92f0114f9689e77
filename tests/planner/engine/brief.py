"""Dataclasses that are printed as one would write them: without the fields that have their defaults."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any


class Brief:
    """For dataclasses with `repr=False`."""

    def __repr__(self) -> str:
        said = []
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if field.default is MISSING or value != field.default:
                said.append(f"{field.name}={value!r}")
        return f"{type(self).__name__}({', '.join(said)})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))
