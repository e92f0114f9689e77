"""Where every process of freehold begins: the rooms come first on this process's path, whatever else is installed.

The rooms have common names (`language`, `state`), and other distributions may have packages of the same. Installed,
ours are inside of this package and so in nobody's way; here their folder goes before all others, PYTHONPATH's too.
"""

from __future__ import annotations

import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
ROOMS = _HERE if (_HERE / "language").is_dir() else _HERE.parent
"""The folder of the rooms: this package's, or in a checkout the one above."""

INTERRUPTED = 130
"""The exit code of who was interrupted."""


def main() -> int:
    """The command `freehold`; gives its exit code."""
    sys.path.insert(0, str(ROOMS))
    try:
        import cli
    except KeyboardInterrupt:
        return INTERRUPTED
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
