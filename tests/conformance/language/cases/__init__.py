"""Configurations by what they are about. A module has those that are ACCEPTED and those that are REFUSED, by name.

A line `--- m/main.tf` begins another file of a configuration, whose first one is main.tf; `=== then` another
configuration, which comes after the first was applied.
"""

from __future__ import annotations

import re


def stages(text: str) -> list[dict[str, str]]:
    """The files of each configuration, in their order."""
    return [_files(stage) for stage in text.split("=== then\n")]


def _files(text: str) -> dict[str, str]:
    first, *others = re.split(r"^--- (\S+)\n", text, flags=re.MULTILINE)
    return {"main.tf": first, **dict(zip(others[::2], others[1::2], strict=True))}
