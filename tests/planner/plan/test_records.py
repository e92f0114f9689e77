"""Plans come back from their files as they were: every kind of step, every kind of value, but for secrets."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.diagnostics import Diagnostic, Span
from language.types import ANY, BOOL, NUMBER, STRING, List, Map, Object, Set, Tuple
from language.values import ListValue, MapValue, Sensitive, SetValue, Unknown
from planner.evaluation.conditions import CheckResult
from planner.events import Verb
from planner.plan import steps
from planner.plan.plan import Drift, Origin, OutputChange, Plan, ReadData
from planner.plan.records import PLAN
from planner.plan.values import VALUE, sealing
from providers.contract import Note
from state import codec
from state.secrets import Digest, digest, new_key, new_salt

KEY = new_key()
names = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(["$set", "$object", "$map", "$unknown"])
numbers = st.integers(-(2**70), 2**70) | st.decimals(-(10**9), 10**9, places=4)
types = st.recursive(
    st.sampled_from([STRING, NUMBER, BOOL, ANY]),
    lambda inner: (
        st.builds(List, inner)
        | st.builds(Set, inner)
        | st.builds(Map, inner)
        | st.builds(Object, st.dictionaries(names, inner, max_size=2))
        | st.builds(Tuple, st.lists(inner, max_size=2).map(tuple))
    ),
    max_leaves=3,
)
unknowns = st.builds(
    Unknown, types, st.booleans(), st.none() | st.integers(0, 9), st.none() | st.integers(10, 2**70), names
)
leaves = st.none() | st.booleans() | numbers | names
leaves |= st.builds(Sensitive, st.just(Digest(digest("secret", KEY))))
leaves |= st.builds(Sensitive, st.builds(Unknown, st.sampled_from([STRING, NUMBER, BOOL, ANY]), st.booleans()))


def _containers(inner: Any) -> Any:
    lists, members = st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)
    return lists.map(tuple) | members | st.builds(ListValue, types, lists) | st.builds(MapValue, types, members)


values = st.recursive(
    leaves | unknowns | st.builds(SetValue, types, st.lists(numbers | names, max_size=3)), _containers, max_leaves=6
)
objects = st.dictionaries(names, values, max_size=3)
paths = st.lists(names | st.integers(0, 9), max_size=3).map(tuple)
spans = st.builds(Span, names, *(st.integers(0, 99) for _ in range(6)))
notes = st.lists(
    st.builds(Note, st.sampled_from(["drift", "held", "conflict", "info"]), paths, names, names), max_size=2
).map(tuple)
subjects = st.builds(
    steps.Subject, names, names, names, names, names, st.none() | spans, st.none() | names, st.booleans(), names
)
common = {"before": objects, "reason": st.sampled_from(get_args(steps.Reason)), "notes": notes}
every = {**common, "after": objects}
change = {**every, "private": objects, "pending": st.booleans()}
some_paths = st.lists(paths, max_size=2).map(tuple)
every_step = st.one_of(
    st.builds(steps.Create, subjects, **change),
    st.builds(steps.Update, subjects, **change),
    st.builds(steps.Replace, subjects, **change, paths=some_paths, create_first=st.booleans()),
    st.builds(steps.Delete, subjects, **every, deposed=st.none() | names),
    st.builds(steps.Forget, subjects, **every),
    st.builds(steps.Import, subjects, **change, id=names, changes=st.booleans(), identity=objects, known=objects),
    st.builds(steps.Adopt, subjects, **change),
    st.builds(steps.Read, subjects, **every),
    st.builds(steps.NoOp, subjects, **common),
)
operations = st.tuples(names, st.sampled_from(get_args(Verb)))
plans = st.builds(
    Plan,
    stack=names,
    mode=st.sampled_from(["normal", "destroy", "refresh-only"]),
    steps=st.lists(every_step, max_size=3, unique_by=lambda step: step.subject.address).map(tuple),
    edges=st.lists(st.tuples(operations, operations), max_size=2).map(tuple),
    origin=st.builds(Origin, names, names, names, names, names, names, st.dictionaries(names, names, max_size=2)),
    outputs=st.lists(
        st.builds(OutputChange, names, values, values, st.sampled_from(["create", "no-op"]), st.booleans()), max_size=2
    ).map(tuple),
    drift=st.lists(
        st.builds(Drift, names, names, objects, st.none() | objects, some_paths, st.just(("kubectl",))), max_size=1
    ).map(tuple),
    diagnostics=st.lists(
        st.builds(
            Diagnostic,
            st.sampled_from(["error", "warning"]),
            names,
            names,
            st.none() | spans,
            names,
            names,
            st.just((("var.a", "is 3"),)),
        ),
        max_size=1,
    ).map(tuple),
    variables=objects,
    timestamp=names,
    allow_data_loss=st.booleans(),
    targets=st.lists(names, max_size=2).map(tuple),
    depends=st.dictionaries(names, st.lists(names, max_size=2).map(tuple), max_size=2),
    instances=st.dictionaries(names, st.lists(st.none() | names | st.integers(0, 9)).map(tuple), max_size=2),
    checks=st.lists(
        st.builds(CheckResult, names, st.just("check"), st.just("fail"), st.just(("a", "b"))), max_size=1
    ).map(tuple),
    data=st.lists(st.builds(ReadData, subjects, objects), max_size=1).map(tuple),
)


def again(plan: Plan, key: str = KEY) -> Plan:
    return PLAN.decode(codec.parse(codec.dumps(PLAN.encode(plan), sealing(key))))


def value_again(value: Any, key: str = KEY) -> Any:
    return VALUE.decode(codec.parse(codec.dumps(VALUE.encode(value), sealing(key))))


def shape(value: Any) -> Any:
    """All that a value is, types and what is known of the unknown included; == does not look at these."""
    if isinstance(value, Unknown):
        return ("unknown", value.type, value.not_null, value.least, value.most, value.prefix)
    if isinstance(value, Sensitive):
        return ("sensitive", value.marks, shape(value.value))
    if isinstance(value, dict):
        return (type(value), getattr(value, "element_type", None), {name: shape(each) for name, each in value.items()})
    if isinstance(value, tuple | SetValue):
        return (type(value), getattr(value, "element_type", None), [shape(each) for each in value])
    return (type(value), value)


@given(plans)
def test_a_plan_comes_back_as_it_was(plan):
    assert again(plan) == plan


@given(values)
def test_a_value_comes_back_as_it_was(value):
    assert shape(value_again(value)) == shape(value)


@given(objects)
def test_what_exists_is_written_once_where_nothing_is_done(before):
    step = steps.NoOp(steps.Subject("a.b", "a", "p", "s", "a.b"), before=before)
    plan = Plan("x", "normal", (step,), (), Origin("", "", "", "", ""))

    assert "after" not in PLAN.encode(plan)["steps"][0]["no-op"]
    assert again(plan).steps[0].after == before


def test_a_secret_is_written_as_its_digest():
    secret = Sensitive(MapValue(STRING, {"a": "hunter2"}))

    assert value_again(secret).value == Digest(digest({"a": "hunter2"}, KEY))


def test_the_digests_of_a_plan_without_a_state_are_scrypts():
    salt = new_salt()

    assert value_again(Sensitive("hunter2"), salt).value.matches("hunter2", salt)


def test_a_secret_that_is_not_wholly_known_is_wholly_unknown():
    secret = Sensitive({"user": "ada", "password": Unknown(STRING)})
    written = codec.dumps(VALUE.encode(secret), sealing(KEY))

    assert b"user" not in written
    assert shape(value_again(secret)) == shape(Sensitive(Unknown()))


@pytest.mark.parametrize(
    "about",
    [
        {"type_": Object({"hunter2": STRING})},
        {"type_": List(Object({"hunter2": STRING}))},
        {"type_": STRING, "prefix": "hunter2"},
    ],
    ids=["names", "names inside", "beginning"],
)
def test_what_is_known_of_a_secret_that_is_not_yet_known_is_not_written(about):
    written = codec.dumps(VALUE.encode({"a": [Sensitive(Unknown(**about))]}), sealing(KEY))

    assert b"hunter2" not in written


def test_numbers_are_exact():
    assert shape(value_again(Decimal("0.1000000000000000000000000001"))) == (
        Decimal,
        Decimal("0.1000000000000000000000000001"),
    )
