"""Differences, written out by hand as a person should read them."""

import json
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.types import STRING
from language.values import Sensitive, SetValue
from planner.render.diff import Diff, Limits
from planner.render.notation import Hcl, Yaml
from tests.planner.render.plans import UNKNOWN


def shown(before, after, notation, **more):
    """The lines as text, each with its sign in the first column."""
    made = []
    for line in Diff(notation, **more).lines(before, after):
        change = f"{line.change[0]} -> {line.change[1]}" if line.change else ""
        note = f"  {line.note}" if line.note else ""
        made.append(f"{line.sign} {'  ' * line.depth}{line.text}{change}{note}")
    return "\n".join(made)


def hcl(before, after, **more):
    return shown(before, after, Hcl(), **more)


def yaml(before, after, **more):
    return shown(before, after, Yaml(), **more)


def text(expected):
    return dedent(expected).strip("\n")


def test_only_changed_members_are_shown_and_the_rest_counted():
    diff = Diff(Hcl())
    lines = diff.lines({"a": 1, "b": "x", "c": None}, {"a": 1, "b": "y", "c": None})

    assert [line.text for line in lines] == ["b = "]
    assert lines[0].change == ('"x"', '"y"')
    assert diff.hidden == 1


def test_values_of_one_body_stand_below_each_other():
    assert hcl(None, {"id": "x", "cidr_block": "10.0.0.0/16", "ports": (80, 443)}) == text(
        """
        + id         = "x"
        + cidr_block = "10.0.0.0/16"
        + ports      = [80, 443]
        """
    )


def test_what_does_not_fit_on_a_line_gets_lines():
    assert hcl(None, {"tags": {"Name": "a-long-name", "team": "platform"}}, limits=Limits(room=30)) == text(
        """
        + tags = {
        +   Name = "a-long-name"
        +   team = "platform"
        + }
        """
    )


def test_keys_that_are_no_identifiers_are_quoted():
    assert hcl(None, {"tags": {"kubernetes.io/role/elb": "1"}}) == '+ tags = { "kubernetes.io/role/elb" = "1" }'


def test_nothing_is_said_of_null_and_empty_attributes():
    assert hcl(None, {"a": None, "b": (), "c": {}, "d": False}) == "+ d = false"


def test_an_element_of_several_lines_stays_on_one():
    assert yaml({"args": ("c",)}, {"args": ("a\nb", "c")}) == text(
        r"""
          args:
        +   - "a\nb"
        """
    )


def test_an_empty_object_says_something_in_yaml():
    assert yaml(None, {"volumes": ({"name": "tmp", "emptyDir": {}},)}) == text(
        """
        + volumes:
        +   - name: tmp
        +     emptyDir: {}
        """
    )


def test_nested_members_show_the_way_to_them_without_a_sign():
    assert hcl({"a": {"b": {"c": 1, "d": 2}}}, {"a": {"b": {"c": 9, "d": 2}}}) == text(
        """
          a = {
            b = {
        ~     c = 1 -> 9
            }
          }
        """
    )


def test_what_forces_a_replacement_is_marked_where_it_stands():
    assert hcl({"zone": "a", "size": 1}, {"zone": "b", "size": 2}, replacing=(("zone",),)) == text(
        """
        ~ zone = "a" -> "b"  # forces replacement
        ~ size = 1 -> 2
        """
    )
    assert yaml({"spec": {"a": 1}}, {"spec": {"a": 2}}, replacing=(("spec", "a"),)) == text(
        """
          spec:
        ~   a: 1 -> 2  # forces replacement
        """
    )


def test_elements_are_matched_by_name():
    before = {"env": ({"name": "A", "value": "1"}, {"name": "B", "value": "2"}, {"name": "C", "value": "3"})}
    after = {"env": ({"name": "B", "value": "2"}, {"name": "C", "value": "4"}, {"name": "D", "value": "5"})}

    assert yaml(before, after) == text(
        """
          env:
        -   - name: A
        -     value: "1"
            - name: C
        ~     value: "3" -> "4"
        +   - name: D
        +     value: "5"
        """
    )


def test_another_order_of_the_same_elements_is_a_change():
    one, two = {"name": "a"}, {"name": "b"}

    assert yaml({"env": (one, two)}, {"env": (two, one)}) == text(
        """
          env:
        ~   # in another order: b, a
        """
    )


def test_elements_without_names_are_matched_by_the_longest_common_run():
    assert hcl({"zones": ("a", "b", "c")}, {"zones": ("b", "c", "d")}) == text(
        """
          zones = [
        -   "a",
        +   "d",
          ]
        """
    )


def test_a_changed_element_without_a_name_is_told_by_its_place():
    before = {"rules": ({"port": 80, "open": True}, {"port": 443, "open": True})}
    after = {"rules": ({"port": 80, "open": True}, {"port": 443, "open": False})}

    assert hcl(before, after) == text(
        """
          rules = [
            {  # [1]
        ~     open = true -> false
            },
          ]
        """
    )


def test_sets_are_compared_as_sets():
    before, after = SetValue(STRING, ["b", "a"]), SetValue(STRING, ["a", "c"])

    assert hcl({"zones": before}, {"zones": after}) == text(
        """
          zones = [
        -   "b",
        +   "c",
          ]
        """
    )


def test_a_text_of_several_lines_in_a_map_keeps_its_lines():
    assert yaml(None, {"data": {"conf": "a\nb\n"}}) == text(
        """
        + data:
        +   conf: |
        +     a
        +     b
        """
    )


def test_texts_of_several_lines_are_compared_by_line():
    before, after = {"conf": "a\nb\nc\n"}, {"conf": "a\nb\nX\n"}

    assert yaml(before, after) == text(
        """
          conf: |
            b
        -   c
        +   X
        """
    )
    assert hcl(before, after).splitlines()[0] == "  conf = <<-EOT"
    assert hcl(before, after).splitlines()[-1] == "  EOT"


def test_texts_that_hold_json_are_compared_by_what_they_hold():
    def policy(action):
        return {"policy": json.dumps({"Version": "2012-10-17", "Statement": [{"Action": action, "Effect": "Allow"}]})}

    assert hcl(policy("s3:Get*"), policy("s3:*")) == text(
        """
          policy = jsonencode({
            Statement = [
              {  # [0]
        ~       Action = "s3:Get*" -> "s3:*"
              },
            ]
          })
        """
    )


def test_json_that_is_only_written_otherwise_is_a_changed_text():
    assert hcl({"p": '{"a":1}'}, {"p": '{"a": 1}'}) == r'~ p = "{\"a\":1}" -> "{\"a\": 1}"'


def test_what_comes_with_the_apply_is_named_so():
    assert hcl({"id": "x", "all": {"a": "b"}}, {"id": UNKNOWN, "all": UNKNOWN}) == text(
        """
        ~ id  = "x" -> (known after apply)
        ~ all = { a = "b" } -> (known after apply)
        """
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"p": Sensitive("hush1")}, {"p": Sensitive("hush2")}),
        ({"p": "hush1"}, {"p": Sensitive("hush2")}),
        ({"p": Sensitive("hush1")}, {"p": "hush2"}),
        ({"p": ("hush1", "a")}, {"p": (Sensitive("hush2"),)}),
        ({"p": ({"name": "x", "v": "hush1"},)}, {"p": ({"name": "x", "v": Sensitive("hush2")},)}),
        ({"p": ({"v": "hush1"},)}, {"p": ({"w": 1}, {"v": Sensitive("hush2")})}),
        ({"p": {"a": "hush1"}}, {"p": Sensitive({"a": "hush2"})}),
        ({"p": Sensitive("hush1")}, {"p": None}),
        (None, {"p": Sensitive("hush1\nhush2")}),
    ],
)
@pytest.mark.parametrize("notation", [Hcl(), Yaml()])
def test_a_secret_is_masked_on_both_sides(before, after, notation):
    made = shown(before, after, notation)

    assert "hush" not in made
    assert "(sensitive value)" in made


def test_long_values_are_cut_and_say_so():
    made = hcl(None, {"x": "y" * 50}, limits=Limits(longest=10))

    assert made == '+ x = "yyyyyyyyy... (52 characters)'


def test_yaml_quotes_what_would_be_read_as_something_else():
    values = {"a": "true", "b": "8080", "c": "x: y", "d": "", "e": "plain text", "f": "null", "g": "- x", "h": "on"}

    assert yaml(None, values) == text(
        """
        + a: "true"
        + b: "8080"
        + c: "x: y"
        + d: ""
        + e: plain text
        + f: "null"
        + g: "- x"
        + h: "on"
        """
    )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab\n:{", max_size=5) | st.just(UNKNOWN),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from(["name", "x", "y z"]), inner, max_size=3)
    ),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.sampled_from(["a", "name", "b"]), VALUES, max_size=3)


@given(OBJECTS, st.sampled_from([Hcl(), Yaml()]))
def test_equal_values_have_no_difference(value, notation):
    assert Diff(notation).lines(value, value) == []


@given(OBJECTS, OBJECTS, st.sampled_from([Hcl(), Yaml()]))
def test_a_difference_read_backwards_swaps_its_signs(one, other, notation):
    forth, back = Diff(notation).lines(one, other), Diff(notation).lines(other, one)

    assert bool(forth) == bool(back)
    assert {line.sign for line in forth} <= {"+", "-", "~", " "}
    assert all("\n" not in line.text for line in (*forth, *back))


@given(OBJECTS, OBJECTS, st.sampled_from([Hcl(), Yaml()]))
def test_secrets_never_show(one, other, notation):
    secret = {**other, "b": {"x": (Sensitive("hush"), other)}, "name": Sensitive("hush")}

    assert "hush" not in shown(one, secret, notation)
    assert "hush" not in shown(secret, one, notation)
