"""A plan as a picture: the lines that a terminal shows, recorded as SVG."""

from __future__ import annotations

import io

from planner.plan.plan import Plan
from planner.render import plan_text

_WIDTH = 100


def svg(plan: Plan, *, title: str = "freehold plan", width: int = _WIDTH) -> str:
    """The SVG of a plan, as wide as a terminal of `width` columns."""
    from rich.console import Console

    console = Console(
        record=True,
        width=width,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
    )
    plan_text.render(plan, console)
    return console.export_svg(title=title)
