"""A command's face: what goes where, for people and for programs."""

import io
import json
from types import SimpleNamespace

import pytest

from language.diagnostics import Diagnostics, FreeholdError, Sources, Span, error, warning
from planner.apply.outcome import Result
from planner.events import Completed, Started
from planner.plan.steps import Create
from planner.render.session import Session
from state.snapshot import OutputState, Snapshot
from tests.planner.render.plans import plan, subject
from tests.planner.render.recorded_plan import recorded

MADE = plan(Create(subject("terraform_data.a"), after={"input": "x"}))


def workspace(**outputs):
    """As much of a workspace as a session looks at."""
    snapshot = Snapshot("lineage", "00" * 32, outputs=outputs)
    configuration = SimpleNamespace(sources=Sources())
    return SimpleNamespace(configuration=configuration, manager=SimpleNamespace(snapshot=lambda: snapshot))


def apply(session, result, **outputs):
    session.planned(MADE, workspace())
    session.applying(MADE)
    session.listener(Started("terraform_data.a", "create", 0.0))
    session.listener(Completed("terraform_data.a", "create", 0.0, 0.1, "id-1"))
    session.applied(MADE, result, workspace(**outputs))


def test_an_apply_ends_with_its_summary(capsys):
    apply(Session(json=False, no_color=False), Result(added=1), zone=OutputState("a", "string"))

    out = capsys.readouterr().out.splitlines()
    assert "Plan: 1 to add, 0 to change, 0 to destroy." in out
    assert "terraform_data.a: Creation complete after 0s [id-1]" in out
    assert out[-4:] == ["Outputs:", "", 'zone = "a"', ""] or out[-3:-1] == ['zone = "a"', ""]
    assert out[-1] == "Apply complete! Resources: 1 added, 0 changed, 0 destroyed."


def test_a_failed_apply_says_how_to_go_on(capsys):
    apply(Session(json=False, no_color=False), Result(diagnostics=Diagnostics([error("Throttled")])))

    captured = capsys.readouterr()
    assert captured.out.splitlines()[-2:] == [
        "What was done is in the state; apply again to go on.",
        "Apply failed in part. Resources: 0 added, 0 changed, 0 destroyed.",
    ]
    assert "Error: Throttled" in captured.err


def test_what_fails_after_a_stack_was_opened_points_into_it(capsys):
    session = Session(json=False, no_color=False)
    session.sources = Sources()
    session.sources.add("main.hcl", "cluster = 1\n")
    session.failed([error("Wrong", span=Span("main.hcl", 1, 1, 1, 8, 0, 7))], None)

    assert "│    1: cluster = 1\n│       ^^^^^^^\n" in capsys.readouterr().err


def test_with_json_everything_is_a_line_of_it(capsys):
    session = Session(json=True, no_color=False)
    apply(session, Result(added=1))
    session.failed([error("Late")], None)
    session.close()

    captured = capsys.readouterr()
    kinds = [json.loads(line)["type"] for line in captured.out.splitlines()]
    assert kinds == [
        *("version", "planned_change", "change_summary"),
        *("apply_start", "apply_complete", "change_summary", "outputs"),
        "diagnostic",
    ]
    assert captured.err == ""


def test_validate_as_json_has_terraforms_keys(capsys):
    found = Diagnostics([error("Bad"), warning("Odd")])
    Session(json=False, no_color=False).validated(found, Sources(), True)

    made = json.loads(capsys.readouterr().out)
    assert set(made) == set(recorded("validate.json"))
    assert (made["valid"], made["error_count"], made["warning_count"]) == (False, 1, 1)


def test_validate_says_when_all_is_well(capsys):
    Session(json=False, no_color=False).validated(Diagnostics(), Sources(), False)

    assert capsys.readouterr().out == "Success! The configuration is valid.\n"


def test_nobody_to_ask_is_an_error(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))

    with pytest.raises(FreeholdError, match="nobody to ask"):
        Session(json=False, no_color=False).approve(MADE, True)


@pytest.mark.parametrize(("answer", "approved"), [("yes\n", True), ("y\n", False), ("", False), ("Yes\n", False)])
def test_only_yes_is_yes(monkeypatch, capsys, answer, approved):
    terminal = io.StringIO(answer)
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", terminal)

    assert Session(json=False, no_color=False).approve(MADE, True) is approved


def test_raw_needs_a_name():
    with pytest.raises(FreeholdError, match="missing"):
        Session(json=False, no_color=False).outputs(Snapshot("l", "00" * 32), None, json=False, raw=True)


def test_one_output_as_json_is_its_value(capsys):
    snapshot = Snapshot("l", "00" * 32, outputs={"zones": OutputState(("a", "b"), ["list", "string"])})
    Session(json=False, no_color=False).outputs(snapshot, "zones", json=True, raw=False)

    assert json.loads(capsys.readouterr().out) == ["a", "b"]
