"""The block of a backend: decoded like any other, and what is wrong with it told with its place."""

from __future__ import annotations

import pytest

from language.diagnostics import FreeholdError
from planner.prior.backends import opened_by


def stack(folder, block):
    folder.joinpath("main.hcl").write_text(f'stack "shop" {{\n{block}\n}}\n')


def test_all_that_is_wrong_is_told_at_once_with_its_place(folder, freehold):
    stack(
        folder,
        """backend "s3" {
  bukket      = "x"
  encrypt     = "yes"
  max_retries = true
  assume_role = { session_name = "n" }
}""",
    )

    told = freehold("validate", code=1)

    assert 'The argument "bucket" is required in backend "s3".' in told
    assert 'The argument "key" is required in backend "s3".' in told
    assert 'An argument named "bukket" is not expected in backend "s3".' in told
    assert 'Did you mean "bucket"?' in told
    assert 'The value of "encrypt" in backend "s3" is not suitable' in told
    assert 'The value of "max_retries" in backend "s3" is not suitable' in told
    assert 'attribute "role_arn" is required' in told
    assert "on main.hcl line 3" in told
    assert 'bukket      = "x"' in told


def test_what_converts_is_taken(folder, freehold):
    stack(folder, 'backend "local" { path = 7 }')
    folder.joinpath("more.hcl").write_text('resource "terraform_data" "a" {}')

    freehold("apply", "-auto-approve")

    assert folder.joinpath("7").exists()


def test_an_unknown_backend_is_told_with_its_place(folder, freehold):
    stack(folder, 'backend "locale" {}')

    for command in ("validate", "plan"):
        told = freehold(command, code=1)
        assert 'There is no backend "locale".' in told
        assert 'Did you mean "local"?' in told
        assert "on main.hcl line 2" in told


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("var.path", "it may not refer to anything"),
        ("timestamp()", "it may not be another each time"),
    ],
)
def test_it_is_constant(folder, freehold, path, why):
    stack(folder, f'backend "local" {{ path = {path} }}')

    told = freehold("plan", code=1)

    assert why in told
    assert "on main.hcl line 2" in told


def test_a_key_may_not_begin_or_end_with_a_slash(folder, freehold):
    stack(folder, 'backend "s3" {\n  bucket = "b"\n  key = "/k"\n}')

    told = freehold("plan", code=1)

    assert "may neither begin nor end with a slash" in told
    assert "on main.hcl line 2" in told


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"key": "k"}, 'attribute "bucket" is required'),
        ({"bucket": "b", "key": "k", "bukket": "b"}, 'an attribute "bukket" is not expected'),
        ({"bucket": "b", "key": "k", "endpoints": "x"}, "object required"),
    ],
)
def test_values_of_another_stacks_backend_are_held_to_the_same_schema(tmp_path, values, why):
    with pytest.raises(FreeholdError, match=why):
        opened_by("s3", values, tmp_path, {})
