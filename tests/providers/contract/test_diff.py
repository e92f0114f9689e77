"""Planning by a schema. What is proposed follows Terraform's rules (objchange.ProposedNew), save that what a service
computes is unknown at once where nothing is there yet."""

from __future__ import annotations

import pytest

from language.schema import Attribute, NestedBlock, Schema, computed, nested, optional, optional_computed, required
from language.types import NUMBER, STRING
from language.values import MapValue, SetValue, Unknown
from providers.contract import Observed
from providers.contract.diff import plan_by_schema, proposed_new, sensitive_paths, without_write_only

RULE = Schema({"port": required(NUMBER), "note": optional(STRING), "id": optional_computed(STRING)})
OPEN = {"port": 80, "note": None, "id": None}
KEPT = {"port": 80, "note": None, "id": "r-1"}
OTHER = {"port": 443, "note": None, "id": "r-2"}
FRESH = Unknown(STRING)


def held(nesting, *rules):
    """What a nesting makes of rules, named a, b, ... in maps."""
    match nesting:
        case "single" | "group":
            return rules[0]
        case "list":
            return rules
        case "set":
            return SetValue(RULE.type, rules)
        case "map":
            return MapValue(RULE.type, zip("abc", rules, strict=False))


BLOCKS = [NestedBlock(RULE, each) for each in ("single", "group", "list", "set", "map")]
ATTRIBUTES = [nested(RULE, each, optional=True) for each in ("single", "list", "set", "map")]


def schema_of(one):
    return Schema({"rule": one}) if isinstance(one, Attribute) else Schema(blocks={"rule": one})


def nesting_of(one):
    return one.nested.nesting if isinstance(one, Attribute) else one.nesting


def name_of(one):
    return f"{type(one).__name__}-{nesting_of(one)}"


def proposed(one, prior, config):
    return proposed_new(schema_of(one), {"rule": prior}, {"rule": config})["rule"]


@pytest.mark.parametrize("one", [*BLOCKS, *ATTRIBUTES], ids=name_of)
class TestNested:
    def test_what_the_service_computed_is_kept(self, one):
        nesting = nesting_of(one)

        assert proposed(one, held(nesting, KEPT), held(nesting, OPEN)) == held(nesting, KEPT)

    def test_what_the_configuration_sets_is_taken(self, one):
        nesting = nesting_of(one)
        named = {"port": 80, "note": "x", "id": "mine"}

        assert proposed(one, held(nesting, KEPT), held(nesting, named)) == held(nesting, named)

    def test_an_unknown_whole_is_unknown(self, one):
        assert isinstance(proposed(one, held(nesting_of(one), KEPT), Unknown()), Unknown)

    def test_nothing_written_takes_away_what_was_there(self, one):
        empty = None if isinstance(one, Attribute) else one.empty
        expected = {**KEPT, "port": None} if name_of(one) == "NestedBlock-group" else empty

        assert proposed(one, held(nesting_of(one), KEPT), empty) == expected

    def test_a_change_forces_replacement_where_it_is_immutable(self, one):
        schema = schema_of(
            type(one)(**{**_fields(one), "immutable": True})
            if isinstance(one, Attribute)
            else NestedBlock(RULE, one.nesting, immutable=True)
        )
        nesting = nesting_of(one)

        planned = plan_by_schema(schema, Observed({"rule": held(nesting, KEPT)}, {}), {"rule": held(nesting, OTHER)})

        assert planned.replace == (("rule",),)


def _fields(attribute):
    return {name: getattr(attribute, name) for name in attribute.__dataclass_fields__}


class TestPlaces:
    def test_elements_of_lists_are_the_same_by_their_place(self):
        both = proposed(NestedBlock(RULE), (KEPT,), ({**OPEN, "port": 1}, {**OPEN, "port": 80}))

        assert both == ({"port": 1, "note": None, "id": "r-1"}, {"port": 80, "note": None, "id": FRESH})

    def test_elements_of_maps_are_the_same_by_their_key(self):
        config = MapValue(RULE.type, {"b": OPEN, "c": OPEN})

        found = proposed(NestedBlock(RULE, "map"), MapValue(RULE.type, {"a": KEPT, "b": OTHER}), config)

        assert found == {"b": {"port": 80, "note": None, "id": "r-2"}, "c": {"port": 80, "note": None, "id": FRESH}}

    def test_elements_of_sets_are_the_same_by_what_is_set_of_them(self):
        config = SetValue(RULE.type, [{"port": 443, "note": None, "id": None}, {"port": 22, "note": None, "id": None}])

        found = proposed(NestedBlock(RULE, "set"), SetValue(RULE.type, [KEPT, OTHER]), config)

        assert OTHER in found
        assert {"port": 22, "note": None, "id": FRESH} in list(found)
        assert len(found) == 2

    def test_an_element_of_a_set_is_taken_once(self):
        twice = SetValue(RULE.type, [OPEN, {**OPEN, "note": Unknown(STRING)}])

        found = list(proposed(NestedBlock(RULE, "set"), SetValue(RULE.type, [KEPT]), twice))

        assert [each["id"] for each in found] == ["r-1", FRESH]

    def test_replacement_is_forced_by_a_place_inside(self):
        inner = Schema({"zone": optional(STRING, immutable=True), "size": optional(NUMBER)})
        schema = Schema({"disk": nested(inner, "map", optional=True)}, {"net": NestedBlock(inner, "list")})
        before = {
            "disk": MapValue(inner.type, {"a": {"zone": "x", "size": 1}}),
            "net": ({"zone": "x", "size": 1}, {"zone": "y", "size": 1}),
        }
        after = {
            "disk": MapValue(inner.type, {"a": {"zone": "y", "size": 1}, "b": {"zone": "z", "size": 1}}),
            "net": ({"zone": "x", "size": 2}, {"zone": "z", "size": 1}),
        }

        planned = plan_by_schema(schema, Observed(before, {}), after)

        assert planned.replace == (("disk", "a", "zone"), ("net", 1, "zone"))


class TestOptionalComputedNested:
    """As "prior optional computed nested ..." in Terraform's tests."""

    COMPUTED = Schema({"id": computed(STRING), "size": optional_computed(NUMBER)})

    def test_what_a_configuration_had_set_goes_with_it(self):
        schema = Schema({"rule": nested(RULE, "single", optional=True, computed=True)})

        assert proposed_new(schema, {"rule": KEPT}, {"rule": None}) == {"rule": None}

    def test_what_only_the_service_sets_stays(self):
        schema = Schema({"rule": nested(self.COMPUTED, "list", optional=True, computed=True)})
        prior = ({"id": "r-1", "size": 3},)

        assert proposed_new(schema, {"rule": prior}, {"rule": None}) == {"rule": prior}


class TestSecrets:
    LOGIN = Schema({"user": required(STRING), "password": optional(STRING, sensitive=True)})

    @pytest.mark.parametrize(
        ("nesting", "path"),
        [
            ("single", ("login", "password")),
            ("list", ("login", 0, "password")),
            ("map", ("login", "a", "password")),
            ("set", ("login",)),
        ],
    )
    def test_their_paths_lead_into_what_is_nested(self, nesting, path):
        value = {"user": "u", "password": "p"}
        values = {
            "single": value,
            "list": (value,),
            "map": MapValue(self.LOGIN.type, {"a": value}),
            "set": SetValue(self.LOGIN.type, [value]),
        }[nesting]

        for schema in (
            Schema({"login": nested(self.LOGIN, nesting, optional=True)}),
            Schema(blocks={"login": NestedBlock(self.LOGIN, nesting)}),
        ):
            assert list(sensitive_paths(schema, {"login": values})) == [path]

    def test_write_only_ones_are_taken_out_of_what_is_nested(self):
        login = Schema({"user": required(STRING), "password": optional(STRING, write_only=True)})
        schema = Schema({"login": nested(login, "map", optional=True)}, {"key": NestedBlock(login, "set")})
        value, left = {"user": "u", "password": "p"}, {"user": "u", "password": None}

        found = without_write_only(
            schema, {"login": MapValue(login.type, {"a": value}), "key": SetValue(login.type, [value])}
        )

        assert found == {"login": {"a": left}, "key": SetValue(login.type, [left])}
