"""Rules of faults: which requests they concern, how often they apply, and what is refused as a rule."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.faults import Faults, InvalidFaults, parse_rules, read_rules

ERROR = {"code": "Throttling"}


def hits(rules, requests, service="eks", operation="CreateCluster", parameters=None):
    faults = Faults()
    faults.replace(rules)
    return [faults.take(service, operation, parameters or {}) is not None for _ in range(requests)]


@given(after=st.integers(0, 5), times=st.integers(0, 5), requests=st.integers(0, 15))
def test_a_rule_lets_some_pass_and_then_applies_so_often(after, times, requests):
    applied = hits([{"after": after, "times": times, "error": ERROR}], requests)
    assert applied == [after <= number < after + times for number in range(requests)]


@given(seed=st.integers(), probability=st.floats(0, 1))
def test_a_seed_repeats_chance(seed, probability):
    rule = {"probability": probability, "seed": seed, "error": ERROR}
    assert hits([rule], 30) == hits([rule], 30)


def test_chance_has_its_bounds():
    assert not any(hits([{"probability": 0, "error": ERROR}], 50))
    assert all(hits([{"probability": 1, "error": ERROR}], 50))


@pytest.mark.parametrize(
    ("rule", "applies"),
    [
        ({}, True),
        ({"service": "eks"}, True),
        ({"service": "e*"}, True),
        ({"service": "ec2"}, False),
        ({"operation": "Create*"}, True),
        ({"operation": "create*"}, False),
        ({"match": {"name": "demo"}}, True),
        ({"match": {"name": "d?mo"}}, True),
        ({"match": {"name": "other"}}, False),
        ({"match": {"config.subnets": "subnet-2"}}, True),
        ({"match": {"config.other": "*"}}, False),
        ({"match": {"Filter.1.Name": "vpc-id"}}, True),
        ({"match": {"count": "3"}}, True),
    ],
)
def test_what_a_rule_concerns(rule, applies):
    parameters = {
        "name": "demo",
        "config": {"subnets": ["subnet-1", "subnet-2"]},
        "Filter.1.Name": "vpc-id",
        "count": 3,
    }
    assert hits([{**rule, "error": ERROR}], 1, parameters=parameters) == [applies]


def test_the_first_rule_that_applies_wins():
    faults = Faults()
    faults.replace([{"times": 1, "latency": 1}, {"error": {"code": "A", "message": "m", "status": 503}}])
    first, second = faults.take("s3", "GetObject", {}), faults.take("s3", "GetObject", {})
    assert (first.latency, first.error) == (1.0, None)
    assert (second.latency, second.error) == (0.0, ("A", "m", 503))


@pytest.mark.parametrize(
    "rules",
    [
        "latency",
        {"rules": []},
        [1],
        [{}],
        [{"issue": {"code": "A"}}],
        [{"error": "A"}],
        [{"error": {"message": "m"}}],
        [{"error": {"code": "A", "status": 200}}],
        [{"latency": -1}],
        [{"latency": 10_000}],
        [{"drop": "sometimes"}],
        [{"probability": 2, "latency": 1}],
        [{"unknown": 1, "latency": 1}],
        [{"times": "two", "latency": 1}],
    ],
)
def test_what_is_no_rule_is_refused_and_changes_nothing(rules):
    faults = Faults()
    faults.replace([{"latency": 1}])
    with pytest.raises(InvalidFaults):
        faults.replace(rules)
    assert faults.take("s3", "GetObject", {}) is not None


def test_rules_are_read_from_json_and_yaml(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"faults": [{"drop": True}]}))
    (tmp_path / "a.yaml").write_text("- service: eks\n  latency: 0.5\n")
    (tmp_path / "broken.yaml").write_text("- [")
    assert parse_rules(read_rules(tmp_path / "a.json"))[0].fault.drop == "before"
    assert parse_rules(read_rules(tmp_path / "a.yaml"))[0].fault.latency == 0.5
    with pytest.raises(InvalidFaults):
        read_rules(tmp_path / "broken.yaml")
