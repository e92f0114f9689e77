"""What `make mutants` changes, and what it leaves alone."""

import ast

import pytest

from tools.mutants.sites import mutants


def changes(tmp_path, source):
    (tmp_path / "module.py").write_text(source, encoding="utf-8")
    found = mutants(tmp_path, "module.py")
    for mutant in found:
        ast.parse(mutant.applied(source))
        assert source[mutant.start : mutant.end] == mutant.before
    return found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = a < b", {"x = (a <= b)"}),
        ("x = a is b", {"x = (a is not b)"}),
        ("x = a in b", {"x = (a not in b)"}),
        ("x = a and b", {"x = (a or b)", "x = (a)", "x = (b)"}),
        ("x = not a", {"x = (a)"}),
        ("x = a + b", {"x = (a - b)"}),
        ("x = a | b", {"x = (a)", "x = (b)"}),
        ("x = True", {"x = (False)"}),
        ("x = 41", {"x = (42)"}),
        ("x = b if a else c", {"x = (b)", "x = (c)", "x = b if (not a) else c"}),
        ("if a: b = c", {"if (not a): b = c"}),
        ("while a > b: c = d", {"while (a >= b): c = d"}),
        ("return a", {"return None"}),
        ("return None", set()),
        ("raise a", {"pass"}),
        ("del a", {"pass"}),
        ("a(b)", {"pass"}),
        ("a.b = c", {"pass"}),
        ("a += b", {"pass"}),
        ("x = a(b, c=d)", {"x = (a(b))"}),
        ("x = [a for a in b if c]", {"x = ([a for a in b])", "x = [a for a in b if (not c)]"}),
        ('x = "é" + a(b=c)', {'x = "é" + (a())'}),
        ('x = f"{a(b=c)} {d + e}"', set()),
        ('x = a(advice="a text for people")', set()),
        ('"""A docstring, 1 + 2."""', set()),
        ("x: list[a | b] = c", set()),
    ],
)
def test_each_change_of_a_statement(line, expected, tmp_path):
    source = f"def f():\n    {line}\n"

    assert {each.applied(source) for each in changes(tmp_path, source)} == {f"def f():\n    {e}\n" for e in expected}


def test_a_change_tells_its_function_its_lines_and_whether_it_is_run_at_import(tmp_path):
    source = (
        "LIMIT = 5\n"
        "class A:\n"
        "    size = 6\n"
        "    def grow(self, by=7):\n"
        "        return self.more(\n"
        "            8,\n"
        "        ).all\n"
    )

    found = {each.before: each for each in changes(tmp_path, source) if each.before.isdigit()}

    assert [(each.scope, each.at_import, each.lines) for each in found.values()] == [
        ("", True, range(1, 2)),
        ("A", True, range(3, 4)),
        ("A", True, range(4, 5)),
        ("A.grow", False, range(5, 7)),
    ]
    assert found["8"].key == "module.py | A.grow | 8 | (9)"


def test_what_only_a_checker_of_types_reads_is_left_alone(tmp_path):
    source = 'if TYPE_CHECKING:\n    x = 1 < 2\nKey = str | None\nT = TypeVar("T", bound=int)\n'

    assert changes(tmp_path, source) == []
