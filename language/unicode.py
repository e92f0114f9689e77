"""Texts that the system gave: names of files, lines of input."""

from __future__ import annotations


def is_unicode(text: str) -> bool:
    """Whether a text was UTF-8: Python keeps other bytes as surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
