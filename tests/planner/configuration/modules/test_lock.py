"""The lock file: what is written is read, and whatever else is in it is told by file and field.

FREEHOLD_CORRUPTIONS: how many cases, FREEHOLD_SEED: of which draw.
"""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.diagnostics import FreeholdError
from planner.configuration.modules.lock import NAME, LockFile, Pin
from tests.corruptions import COUNT, SEED, with_wrong_bytes

DIGEST = "sha256:" + "0a" * 32
PIN = Pin("git::https://example.com/net.git", "~> 1.2", "1.2.3", "0123abcd", DIGEST)
characters = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])
texts = st.text(characters, max_size=9).map(lambda text: unicodedata.normalize("NFC", text))
pins = st.builds(Pin, texts.filter(bool), texts, texts, texts, st.just(DIGEST))


@given(st.lists(pins, max_size=3, unique_by=lambda pin: pin.key))
def test_what_is_written_is_read(tmp_path_factory, some):
    folder = tmp_path_factory.mktemp("stack")
    lock = LockFile(folder)
    lock.pins = {pin.key: pin for pin in some}
    lock.write()

    assert LockFile(folder).pins == lock.pins


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            f'module "a" {{\n  digest = "{DIGEST}"\n  version = 5\n}}\n',
            'of the pin of "a", version is not a constant text',
        ),
        (f'module "a" {{\n  digest = "{DIGEST}"\n  colour = "red"\n}}\n', "colour is no argument of a pin"),
        (f'module "a" {{\n  digest = "{DIGEST}"\n  source = "b"\n}}\n', "source is no argument of a pin"),
        (f'module "a" {{\n  digest = "{DIGEST}"\n  more {{}}\n}}\n', "more is no argument of a pin"),
        ('module "a" {}\n', 'of the pin of "a", digest is null, not a text'),
        ('module "a" {\n  digest = "sha256:12"\n}\n', "digest is not of the form sha256:..."),
        (f'module {{\n  digest = "{DIGEST}"\n}}\n', "a module block has not one label"),
        (2 * f'module "a" {{\n  digest = "{DIGEST}"\n}}\n', '"a" is pinned twice'),
    ],
    ids=range(8),
)
def test_what_is_wrong_is_named(tmp_path, text, told):
    (tmp_path / NAME).write_text(text)

    with pytest.raises(FreeholdError) as refused:
        LockFile(tmp_path)

    (diagnostic,) = refused.value.diagnostics
    assert NAME in diagnostic.detail
    assert told in diagnostic.detail


def test_wrong_bytes_are_read_or_told(tmp_path):
    lock = LockFile(tmp_path)
    lock.pins = {pin.key: pin for pin in (PIN, Pin("a/b/c", digest=DIGEST))}
    lock.write()
    path: Path = tmp_path / NAME
    refused: list[bool] = []
    for _, data in with_wrong_bytes(path.read_bytes(), random.Random(SEED), COUNT):
        path.write_bytes(data)
        try:
            LockFile(tmp_path)
        except FreeholdError as failure:
            refused += [each.span is not None or NAME in each.detail for each in failure.diagnostics]
    assert all(refused)
    assert len(refused) > COUNT / 3
