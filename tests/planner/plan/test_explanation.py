"""`plan -explain=ADDRESS`: a wrong plan is understood without a print."""

from __future__ import annotations

import pytest

from tests.conformance.stack import Stack

STACK = """
stack "explained" {}
variable "password" {
  default   = "canary-of-explain"
  sensitive = true
}
variable "size" { default = 1 }
resource "terraform_data" "a" {
  input = { size = var.size, password = var.password }
}
resource "terraform_data" "b" {
  input            = terraform_data.a.output
  triggers_replace = [var.size]
}
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    made = Stack(tmp_path_factory.mktemp("explained"))
    made.write(STACK)
    made.apply()
    return made


def test_what_forces_a_replacement_and_what_it_waits_for(stack):
    said = stack.run("plan", "-var=size=2", "-explain=terraform_data.b")

    assert said.code == 0
    assert "because a value changes that cannot be changed in place" in said.output
    assert "written at main.hcl line 11" in said.output
    assert "triggers_replace forces a replacement" in said.output
    assert "its create for the update of terraform_data.a: terraform_data.b refers to terraform_data.a" in said.output
    assert "its create for the delete of terraform_data.b: both are of one replacement" in said.output
    assert "Plan:" not in said.output


def test_a_change_in_place_shows_the_proposal_and_the_answer(stack):
    said = stack.run("plan", "-var=size=2", "-explain=terraform_data.a")

    assert "The configuration sets:" in said.output
    assert "The proposal, against what exists:" in said.output
    assert "What its kind made of the proposal:" in said.output
    assert "It waits for nothing." in said.output


def test_nothing_sensitive_is_in_it(stack):
    for arguments in (["-var=size=2"], ["-var=password=canary-of-explain-2"], ["-replace=terraform_data.a"]):
        said = stack.run("plan", *arguments, "-explain=terraform_data.a")
        assert "canary-of-explain" not in said.text
        assert "(sensitive value)" in said.output


def test_what_goes_is_explained_by_the_state(stack, tmp_path):
    said = stack.run("plan", "-destroy", "-explain=terraform_data.a")

    assert "Its kind was not asked" in said.output
    assert (
        "its delete for the delete of terraform_data.b: by the state, terraform_data.b depends on terraform_data.a"
        in (said.output)
    )


def test_an_address_that_is_not_there_is_an_error_with_what_was_meant(stack):
    said = stack.run("plan", "-explain=terraform_data.c")

    assert said.code == 1
    assert "The plan has no terraform_data.c." in said.errors
    assert "Did you mean terraform_data." in said.errors
