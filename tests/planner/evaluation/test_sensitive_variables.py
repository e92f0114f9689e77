"""What is wrong with the value of a sensitive variable is told without the value, its lines and its keys."""

from __future__ import annotations

import pytest

STACK = """
variable "words" {
  type      = map(number)
  sensitive = true
  default   = {}
}
variable "open" {
  type    = map(number)
  default = {}
}
"""


@pytest.fixture
def stack(folder):
    (folder / "main.hcl").write_text(STACK)

    def write(line):
        (folder / "freehold.hclvars").write_text(line + "\n")

    return write


def test_a_wrong_type_in_a_file(stack, freehold):
    stack('words = { canary_key = "canary-value" }')

    told = freehold("plan", code=1) + freehold("plan", "-json", code=1)

    assert "canary" not in told
    assert 'The value for "words" from freehold.hclvars, which is sensitive, is not suitable: a number is' in told
    assert "It stands at freehold.hclvars line 1." in told


def test_of_what_is_not_sensitive_all_is_told(folder, stack, freehold):
    (folder / "main.hcl").write_text(STACK.replace("sensitive = true", ""))
    stack('open = { some_key = "some-value" }')

    told = freehold("plan", code=1)

    assert 'attribute "some_key": a number is required' in told
    assert 'open = { some_key = "some-value" }' in told


@pytest.mark.parametrize(
    "line",
    [
        "words = canary_without_quotes",
        'words = { a = "canary }',
        'words = { a = upper("canary") }',
        'wrods = "canary"',
        "words = <<EOT\ncanary",
        'words {\n  a = "canary"\n}',
    ],
)
def test_a_line_of_a_file_that_may_be_one_is_not_shown(stack, freehold, line):
    stack(line)

    assert "canary" not in freehold("plan", code=0 if line.startswith("wrods") else 1)


@pytest.mark.parametrize("value", ["{ canary_key = ", '{ canary_key = "x" }', '"canary"', "canary"])
def test_on_the_command_line_and_in_the_environment(stack, freehold, monkeypatch, value):
    stack("")
    told = freehold("plan", f"-var=words={value}", code=1)
    monkeypatch.setenv("FREEHOLD_VAR_words", value)

    assert "canary" not in told + freehold("plan", code=1)
