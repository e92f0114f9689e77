"""`python -m tools.picture PLAN FILE.svg`: draws a saved plan for the README, as a terminal shows it.

Fonts are the reader's own: the picture asks nobody for any.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from planner.commands.run import open_plan
from planner.render.picture import svg


def main(arguments: list[str]) -> int:
    """Write the plan's graph as an SVG; the exit code."""
    if len(arguments) != 2:
        print("usage: python -m tools.picture PLAN FILE.svg", file=sys.stderr)
        return 2
    drawn = svg(open_plan(Path(arguments[0])).plan)
    Path(arguments[1]).write_text(re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
