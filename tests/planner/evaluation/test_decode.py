"""Blocks to values by a schema: nesting as Terraform's plugin protocol 6 has it."""

from __future__ import annotations

import pytest

from language.diagnostics import Diagnostics
from language.json_body import parse as parse_json
from language.parsing import parse
from language.schema import NestedBlock, Schema, computed, nested, optional, required
from language.scope import Scope
from language.types import NUMBER, STRING
from language.values import EPHEMERAL, ListValue, MapValue, Sensitive, SetValue, Unknown
from planner.evaluation.decode import conform, decode

DISK = Schema(
    {
        "size": required(NUMBER),
        "kind": optional(STRING),
        "key": optional(STRING, write_only=True),
        "id": computed(STRING),
        "tier": optional(STRING, default="slow"),
    }
)
SMALL = {"size": 1, "kind": None, "key": None, "id": None, "tier": "slow"}


def decoded(text, schema, scope=None, read=parse):
    body, problems = read(text, "main.hcl")
    assert not problems
    diagnostics = Diagnostics()
    values = decode(body, schema, scope or Scope.constant(), "a thing", diagnostics)
    return values, [(each.summary, each.detail, each.span and each.span.start_line) for each in diagnostics]


def value(text, one, name="disk", **more):
    schema = Schema(blocks={name: one}) if isinstance(one, NestedBlock) else Schema({name: one})
    values, problems = decoded(text, schema, **more)
    assert problems == []
    return values[name]


def problems(text, one):
    schema = Schema(blocks={"disk": one}) if isinstance(one, NestedBlock) else Schema({"disk": one})
    return decoded(text, schema)[1]


class TestBlocks:
    def test_a_map_is_made_of_labels(self):
        found = value('disk "a" { size = 1 }\ndisk "b" { size = 2 }', NestedBlock(DISK, "map"))

        assert isinstance(found, MapValue)
        assert found == {"a": SMALL, "b": {**SMALL, "size": 2}}

    def test_a_map_in_json(self):
        found = value('{"disk": {"a": {"size": 1}}}', NestedBlock(DISK, "map"), read=parse_json)

        assert found == {"a": SMALL}

    def test_a_map_of_dynamic_blocks(self):
        text = """
        dynamic "disk" {
          for_each = { a = 1, b = 2 }
          labels   = [disk.key]
          content { size = disk.value }
        }
        """

        assert value(text, NestedBlock(DISK, "map")) == {"a": SMALL, "b": {**SMALL, "size": 2}}

    def test_a_label_is_there_once(self):
        found = problems('disk "a" { size = 1 }\ndisk "a" { size = 2 }', NestedBlock(DISK, "map"))

        assert found == [("Duplicate disk block", 'There is already a block disk "a" in a thing.', 2)]

    @pytest.mark.parametrize(
        ("text", "nesting", "detail"),
        [
            ("disk { size = 1 }", "map", 'A "disk" block takes one label, its name; this one has 0.'),
            ('disk "a" { size = 1 }', "list", 'A "disk" block takes no labels; this one has 1.'),
        ],
    )
    def test_labels_are_as_many_as_the_nesting_has(self, text, nesting, detail):
        assert problems(text, NestedBlock(DISK, nesting)) == [("Wrong number of labels", detail, 1)]

    def test_a_group_is_always_there(self):
        group = NestedBlock(Schema({"size": optional(NUMBER)}, {"inner": NestedBlock(DISK)}), "group")

        assert value("", group) == {"size": None, "inner": ()}
        assert value("disk { size = 3 }", group) == {"size": 3, "inner": ()}

    @pytest.mark.parametrize("nesting", ["group", "single"])
    def test_there_is_one_at_most(self, nesting):
        found = problems("disk { size = 1 }\ndisk { size = 1 }", NestedBlock(DISK, nesting))

        assert found == [("Too many disk blocks", 'No more than 1 "disk" block is allowed in a thing.', 2)]

    @pytest.mark.parametrize(
        ("nesting", "empty"),
        [("single", None), ("list", ()), ("set", SetValue(DISK.type)), ("map", {})],
    )
    def test_without_a_block_it_is_empty(self, nesting, empty):
        assert value("", NestedBlock(DISK, nesting)) == empty


class TestNestedAttributes:
    @pytest.mark.parametrize(
        ("nesting", "text", "expected"),
        [
            ("single", "{ size = 1 }", SMALL),
            ("list", "[{ size = 1 }]", (SMALL,)),
            ("set", "[{ size = 1 }, { size = 1 }]", SetValue(DISK.type, [SMALL])),
            ("map", "{ a = { size = 1 } }", {"a": SMALL}),
        ],
    )
    def test_what_is_left_out_is_null_or_its_default(self, nesting, text, expected):
        assert value(f"disk = {text}", nested(DISK, nesting, optional=True)) == expected

    def test_its_type_is_that_of_its_nesting(self):
        assert isinstance(value("disk = [{ size = 1 }]", nested(DISK, "list", optional=True)), ListValue)

    def test_it_may_be_unknown(self):
        scope = Scope.constant().child({"var": {"size": Unknown(NUMBER)}})

        found = value("disk = { size = var.size }", nested(DISK, "single", optional=True), scope=scope)

        assert isinstance(found["size"], Unknown)

    def test_what_is_required_has_to_be_there(self):
        found = problems("disk = [{ kind = 1 }]", nested(DISK, "list", optional=True))

        (problem,) = found
        assert problem[0] == "Incorrect attribute value type"
        assert '"size" is required' in problem[1]

    def test_what_the_service_sets_may_not_be_set(self):
        found = problems('disk = { a = { size = 1, id = "x" } }', nested(DISK, "map", optional=True))

        detail = 'The value of "disk.id" is decided by the service, and cannot be set in a thing.'
        assert found == [("Computed attribute", detail, 1)]

    def test_only_what_is_write_only_may_be_ephemeral(self):
        scope = Scope.constant().child({"var": {"key": Sensitive("k", EPHEMERAL)}})
        schema = Schema({"disk": nested(DISK, "single", optional=True)})

        assert decoded("disk = { size = 1, key = var.key }", schema, scope)[1] == []
        ((summary, *_),) = decoded("disk = { size = 1, kind = var.key }", schema, scope)[1]
        assert summary == "Invalid use of ephemeral value"


def test_what_an_expansion_gives_is_completed_at_every_depth():
    schema = Schema({"disk": nested(DISK, "map", optional=True)}, {"net": NestedBlock(DISK, "set")})

    found = conform({"disk": {"a": {"size": 1}}, "net": [{"size": 1}]}, schema)

    assert found == {"disk": {"a": SMALL}, "net": SetValue(DISK.type, [SMALL])}
