"""What may stand in a folder under the name of a file, and is none."""

from __future__ import annotations

import os
from pathlib import Path

SPECIAL = ("link", "dangling", "fifo", "folder", "device")


def made_special(path: Path, sort: str, victim: Path) -> None:
    """Put something of one of the `SPECIAL` sorts at a path; a link leads to the victim, or to `nowhere` beside it."""
    if sort == "link":
        path.symlink_to(victim)
    elif sort == "dangling":
        path.symlink_to(victim.with_name("nowhere"))
    elif sort == "fifo":
        os.mkfifo(path)
    elif sort == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
