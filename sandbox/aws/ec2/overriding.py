"""How a method of moto's is put right: replaced by one that is given the original."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def override(owner: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a function `(original, self, ...)` to take the place of the method of its name in `owner`.

    Doing so again replaces the correction, not the original.
    """

    def install(correction: Callable[..., Any]) -> Callable[..., Any]:
        present = getattr(owner, correction.__name__)
        original = getattr(present, "moto_original", present)

        @functools.wraps(original)
        def corrected(self: Any, *arguments: Any, **named: Any) -> Any:
            return correction(original, self, *arguments, **named)

        corrected.moto_original = original  # type: ignore[attr-defined]
        setattr(owner, correction.__name__, corrected)
        return correction

    return install
