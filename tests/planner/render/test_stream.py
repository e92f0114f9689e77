"""Machine-readable lines against those that terraform writes for the same plan."""

import io
import json
from datetime import UTC, datetime

from language.diagnostics import Diagnostics, Sources, Span, error
from language.values import Sensitive
from planner.apply.outcome import Result
from planner.events import Completed, Errored, Interrupted, Progressed, Refreshing, Skipped, Started, Waiting
from planner.plan.plan import Drift, OutputChange
from planner.plan.steps import Create, NoOp
from planner.render.stream import StreamListener
from state.secrets import Digest
from state.snapshot import OutputState
from tests.planner.render.plans import UNKNOWN, plan, subject
from tests.planner.render.recorded_plan import before_of, recorded, same_plan

CHANGED = "terraform_data.changed"


def stream():
    out = io.StringIO()
    listener = StreamListener(out, lambda: datetime(2026, 3, 1, 12, 0, 0, 123, UTC))
    return listener, lambda: [json.loads(line) for line in out.getvalue().splitlines()]


def shapes(lines):
    """By type: the keys of a line, and of what is in it."""
    made = {}
    for line in lines:
        inner = line.get("hook") or line.get("change") or line.get("changes") or {}
        found = (frozenset(line), frozenset(inner), frozenset(inner.get("resource", {})))
        made.setdefault(line["type"], set()).add(found)
    return made


def said(lines, kind):
    """What lines of a kind say, by message, without their stamps."""
    stamps = ("@timestamp", "@module")
    return {
        line["@message"]: {name: part for name, part in line.items() if name not in stamps}
        for line in lines
        if line["type"] == kind
    }


def test_the_lines_of_a_plan_are_terraforms():
    listener, lines = stream()
    listener.planned(same_plan(), None)

    mine, theirs = lines()[1:], recorded("lines.jsonl")[:15]
    for kind in ("planned_change", "change_summary", "outputs"):
        assert said(mine, kind) == said(theirs, kind)


def test_the_lines_of_an_apply_have_terraforms_shape():
    listener, lines = stream()
    listener.applying(same_plan())
    before = before_of(CHANGED)["id"]
    for verb, address, identity in (("create", "terraform_data.new", "1"), ("update", CHANGED, before)):
        listener(Started(address, verb, 0.0))
        listener(Completed(address, verb, 0.0, 0.2, identity))
    listener(Started("terraform_data.gone[0]", "delete", 0.0))
    listener(Completed("terraform_data.gone[0]", "delete", 0.0, 0.2, "x"))

    mine, theirs = shapes(lines()[1:]), shapes(recorded("lines.jsonl"))
    for kind in ("apply_start", "apply_complete"):
        assert mine[kind] == theirs[kind]


def test_messages_are_terraforms():
    listener, lines = stream()
    listener.applying(same_plan())
    identity = before_of(CHANGED)["id"]
    listener(Started(CHANGED, "update", 0.0))
    listener(Completed(CHANGED, "update", 0.0, 0.2, identity))

    theirs = {line["@message"] for line in recorded("lines.jsonl")}
    assert {line["@message"] for line in lines()[1:]} <= theirs


def test_every_line_is_stamped():
    listener, lines = stream()
    listener(Waiting("alice", 3.0))

    version, waiting = lines()
    assert version["type"] == "version"
    assert version["ui"] == "1.2"
    assert waiting["type"] == "log"
    assert (waiting["@timestamp"], waiting["@module"]) == ("2026-03-01T12:00:00.000123Z", "freehold.ui")


def test_progress_and_failure():
    listener, lines = stream()
    listener.applying(plan(Create(subject("cluster.main/aws_subnet.private-a"), after={})))
    listener(Progressed("cluster.main/aws_subnet.private-a", "create", 0.0, 72.0, "PENDING"))
    listener(Errored("cluster.main/aws_subnet.private-a", "create", 0.0, 75.0, error("Throttled")))
    listener(Skipped("app.shop/Service/shop/web", "create", "cluster.main/aws_subnet.private-a"))
    listener(Interrupted(1))

    progress, failure, skipped, interrupted = lines()[1:]
    assert progress["@message"] == "cluster.main/aws_subnet.private-a: Still creating... [1m12s elapsed] PENDING"
    assert progress["hook"]["elapsed_seconds"] == 72
    assert progress["hook"]["resource"]["resource_name"] == "private-a"
    assert (failure["type"], failure["@level"], failure["hook"]["action"]) == ("apply_errored", "error", "create")
    assert (skipped["type"], skipped["@level"]) == ("log", "warn")
    assert interrupted["@level"] == "warn"


def test_reads_are_told_by_type():
    listener, lines = stream()
    listener(Refreshing("kubernetes@cluster.main", "kubernetes_manifest", 40))
    listener(Refreshing("kubernetes@cluster.main", "kubernetes_manifest", 40, done=True))

    start, complete = lines()[1:]
    assert (start["type"], complete["type"]) == ("refresh_start", "refresh_complete")
    assert start["hook"]["count"] == 40
    assert start["hook"]["resource"]["implied_provider"] == "kubernetes"
    assert start["hook"]["resource"]["resource_type"] == "kubernetes_manifest"


def test_drift_no_op_and_diagnostics():
    sources = Sources()
    sources.add("main.hcl", 'output "z" {\n  value = 1\n}\n')
    warning = error("Odd", "It is odd.", Span("main.hcl", 2, 11, 2, 12, 23, 24))
    drift = Drift("a_b.c", "a_b", {"x": 1}, None)
    listener, lines = stream()
    listener.planned(plan(NoOp(subject("a_b.c"), before={}), drift=(drift,), diagnostics=(warning,)), sources)

    drifted, summary, diagnostic = lines()[1:]
    assert drifted["type"] == "resource_drift"
    assert drifted["change"]["action"] == "delete"
    assert summary["@message"] == "No changes."
    assert diagnostic["diagnostic"]["snippet"]["code"] == "  value = 1"


def test_outputs_after_an_apply_are_those_of_the_state():
    listener, lines = stream()
    given = plan(outputs=(OutputChange("id", None, UNKNOWN, "create"),))
    made = {"id": OutputState("vpc-1", "string"), "token": OutputState(Digest("hmac-sha256:0"), "string", True)}
    listener.applied(given, Result(added=1), made, None)

    summary, outputs = lines()[1:]
    assert summary["@message"] == "Apply complete! Resources: 1 added, 0 changed, 0 destroyed."
    assert summary["changes"]["operation"] == "apply"
    assert outputs["outputs"] == {
        "id": {"sensitive": False, "type": "string", "value": "vpc-1"},
        "token": {"sensitive": True, "type": "string"},
    }


def test_an_apply_that_failed_tells_what_was_done():
    listener, lines = stream()
    listener.applied(plan(), Result(added=2, diagnostics=Diagnostics([error("Throttled")])), {}, None)

    diagnostic, summary = lines()[1:]
    assert diagnostic["type"] == "diagnostic"
    assert summary["@message"] == "Apply failed in part. Resources: 2 added, 0 changed, 0 destroyed."
    assert summary["changes"]["add"] == 2


def test_no_secret_is_in_a_line():
    listener, lines = stream()
    output = OutputChange("token", None, Sensitive("hush"), "create", sensitive=True)
    given = plan(Create(subject("a_b.c"), after={"password": Sensitive("hush")}), outputs=(output,))
    listener.planned(given, None)

    assert "hush" not in json.dumps(lines())
