"""Characters as people count them: extended grapheme clusters, for the functions that measure and cut texts.

The rules are those of Unicode's UAX #29 as far as Python's character database distinguishes them: combining marks,
joined and modified emoji, flags, Hangul syllables and CR LF stay together.
"""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"
_MARKS = ("Mn", "Me", "Mc")


def graphemes(text: str) -> list[str]:
    """The clusters of a text, in order."""
    if text.isascii() and "\r\n" not in text:
        return list(text)
    clusters: list[str] = []
    for character in text:
        if clusters and _continues(clusters[-1], character):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


_CLOSING = frozenset("-_:;/\\,.(){}[]|?!~ \t@#$%^&*+\"'")
"""What nothing that follows can become a part of."""


def safe_prefix(text: str) -> str:
    """What remains of a text at its beginning, whatever is put behind it: its last cluster could become another one.

    Source: cty's rule for known prefixes of unknown texts.
    """
    clusters = graphemes(text)
    return text if not clusters or clusters[-1] in _CLOSING else "".join(clusters[:-1])


def _continues(cluster: str, character: str) -> bool:
    last = cluster[-1]
    if last in "\r\n" or character in "\r\n":
        return last == "\r" and character == "\n"
    if character == _JOINER or unicodedata.category(character) in _MARKS or "\U0001f3fb" <= character <= "\U0001f3ff":
        return True
    if last == _JOINER:
        return _is_pictographic(cluster[0]) and _is_pictographic(character)
    if _is_regional(character):
        return len(cluster) % 2 == 1 and all(_is_regional(each) for each in cluster)
    return _joins_syllable(_syllable_part(last), _syllable_part(character))


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_pictographic(character: str) -> bool:
    return character >= "\u203c" and unicodedata.category(character) == "So"


def _syllable_part(character: str) -> str:
    """Of Hangul: a leading consonant, a vowel, a trailing consonant, or a syllable without or with the last."""
    if "\u1100" <= character <= "\u115f":
        return "L"
    if "\u1160" <= character <= "\u11a7":
        return "V"
    if "\u11a8" <= character <= "\u11ff":
        return "T"
    if "\uac00" <= character <= "\ud7a3":
        return "LV" if (ord(character) - 0xAC00) % 28 == 0 else "LVT"
    return ""


def _joins_syllable(last: str, part: str) -> bool:
    following = {"L": ("L", "V", "LV", "LVT"), "LV": ("V", "T"), "V": ("V", "T"), "LVT": ("T",), "T": ("T",)}
    return part in following.get(last, ())
