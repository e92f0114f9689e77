"""The cache of parsed files: the same tree, private, and never in the way."""

from __future__ import annotations

import marshal
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from language import cache as module
from language.cache import MIN_CHARACTERS, ParseCache
from language.parsing import parse, parse_raw

TEXT = "".join(f'resource "a" "b{number}" {{\n  x = [1, "${{y}}", {{ k = true }}]\n}}\n' for number in range(1000))
assert len(TEXT) > MIN_CHARACTERS


@pytest.fixture
def cache(tmp_path: Path) -> ParseCache:
    return ParseCache(tmp_path / "parsed")


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "parsed").iterdir())


def test_a_tree_comes_back_as_it_was_parsed(cache: ParseCache, tmp_path: Path) -> None:
    assert cache.get(TEXT) is None
    parse(TEXT, "main.hcl", cache)
    assert cache.get(TEXT) == parse_raw(TEXT, "main.hcl")[:2]
    body, diagnostics = parse(TEXT, "main.hcl", cache)
    assert (len(body.blocks), diagnostics) == (1000, [])
    assert body.blocks[999].body.attributes["x"].expression.references[0].span.start_line == 2999
    assert cache.get(TEXT + "\n") is None


def test_it_is_private(cache: ParseCache, tmp_path: Path) -> None:
    parse(TEXT, "main.hcl", cache)
    (file,) = files(tmp_path)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize("where", ["file", "folder"])
def test_what_others_could_write_is_not_read(cache: ParseCache, tmp_path: Path, where: str) -> None:
    parse(TEXT, "main.hcl", cache)
    (file,) = files(tmp_path)
    (file if where == "file" else file.parent).chmod(0o777)
    assert cache.get(TEXT) is None


def test_links_are_not_followed(cache: ParseCache, tmp_path: Path) -> None:
    parse(TEXT, "main.hcl", cache)
    (file,) = files(tmp_path)
    os.rename(file, tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert cache.get(TEXT) is None


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * 100, marshal.dumps((1, 2))])
def test_a_damaged_file_is_parsed_anew(cache: ParseCache, tmp_path: Path, damage: bytes) -> None:
    parse(TEXT, "main.hcl", cache)
    (file,) = files(tmp_path)
    file.write_bytes(damage)
    assert cache.get(TEXT) is None
    assert len(parse(TEXT, "main.hcl", cache)[0].blocks) == 1000
    assert cache.get(TEXT) is not None


def test_a_text_with_errors_is_not_kept(cache: ParseCache) -> None:
    assert parse(TEXT + "x = \n", "main.hcl", cache)[1].has_errors
    assert cache.get(TEXT + "x = \n") is None


def test_another_parser_has_trees_of_its_own(cache: ParseCache, monkeypatch: pytest.MonkeyPatch) -> None:
    parse(TEXT, "main.hcl", cache)
    monkeypatch.setattr(module, "_parser", lambda: b"another")
    assert cache.get(TEXT) is None


def test_the_oldest_makes_room(cache: ParseCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        parse(f"# {number}\n{TEXT}", "main.hcl", cache)
        os.utime(max(files(tmp_path), key=lambda file: file.stat().st_mtime), (number, number))
    monkeypatch.setattr(module, "MAX_BYTES", 2 * files(tmp_path)[0].stat().st_size + 100)
    parse(TEXT, "main.hcl", cache)
    assert len(files(tmp_path)) == 2
    assert cache.get(f"# 3\n{TEXT}") is not None
    assert cache.get(f"# 0\n{TEXT}") is None


def test_runs_at_once(cache: ParseCache, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: len(parse(TEXT, "main.hcl", cache)[0].blocks), range(16)))
    assert found == [1000] * 16
    assert len(files(tmp_path)) == 1


def test_where_it_is() -> None:
    assert module.cache_folder({"HOME": "/h"}) == Path("/h/.cache/freehold")
    assert module.cache_folder({"HOME": "/h", "XDG_CACHE_HOME": "/x"}) == Path("/x/freehold")
    assert module.cache_folder({"HOME": "/h", "FREEHOLD_CACHE_DIR": "/f"}) == Path("/f")
    assert ParseCache.of_user({"HOME": "/h", "FREEHOLD_CACHE_DIR": ""}).get(TEXT) is None


def test_a_folder_that_cannot_be_written_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = ParseCache(tmp_path / "file" / "parsed")
    assert len(parse(TEXT, "main.hcl", cache)[0].blocks) == 1000


def test_a_tree_that_is_too_deep_to_keep_is_parsed_each_time(cache: ParseCache) -> None:
    text = f"a = {'[' * 999}{']' * 999} # {'-' * MIN_CHARACTERS}\n"
    for _ in range(2):
        body, diagnostics = parse(text, "main.hcl", cache)
        assert (list(body.attributes), diagnostics) == (["a"], [])
    assert cache.get(text) is None


def test_a_kept_tree_is_not_readable_without_its_text(cache: ParseCache, tmp_path: Path) -> None:
    text = f'password = "c4nary-in-a-literal"\n{TEXT}'
    for _ in range(2):
        assert parse(text, "main.hcl", cache)[0].attributes["password"].expression.static_string() is not None
    (file,) = files(tmp_path)
    assert cache.get(text) is not None
    assert b"c4nary" not in file.read_bytes()
