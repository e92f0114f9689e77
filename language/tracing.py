"""Loggers of the rooms, and the level below debug at which bodies of requests are logged."""

from __future__ import annotations

import logging

TRACE = 5
logging.addLevelName(TRACE, "TRACE")


def logger(room: str) -> logging.Logger:
    """The logger of a room or a part of it: "providers.aws"."""
    return logging.getLogger(f"freehold.{room}")
