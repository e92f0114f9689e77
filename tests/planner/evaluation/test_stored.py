"""Planned values filled in: what was unknown or a digest comes from the configuration, all else has to be the same."""

from __future__ import annotations

import pytest

from language.types import ANY, NUMBER, STRING
from language.values import Sensitive, SetValue, Unknown
from planner.evaluation.stored import Different, fill, recognised, restore, store
from state.secrets import Digest

KEY = "00" * 32


def texts(*values):
    return SetValue(STRING, values)


def objects(*values):
    return SetValue(ANY, values)


@pytest.mark.parametrize(
    ("planned", "config"),
    [
        ({"a": Unknown(), "b": 1}, {"a": "x", "b": 1}),
        ((Unknown(STRING), "b"), ("a", "b")),
        (objects({"n": "a", "v": Unknown(STRING)}), objects({"n": "a", "v": "x"})),
        (
            objects({"n": "a", "v": Unknown(STRING)}, {"n": "b", "v": 1}),
            objects({"n": "b", "v": 1}, {"n": "a", "v": "x"}),
        ),
        (objects(None, {"v": Unknown(STRING)}), objects(None, {"v": "x"})),
        (objects({"v": Unknown(NUMBER)}, {"v": 1}), objects({"v": 1})),
        (objects({"v": Unknown(STRING), "s": texts("a")}), objects({"v": "x", "s": texts("a")})),
        (SetValue(ANY, [Sensitive(store(Sensitive("hush"), KEY))]), SetValue(ANY, ["hush"])),
    ],
)
def test_what_was_open_is_filled_in(planned, config):
    assert fill(planned, config, KEY) == config


@pytest.mark.parametrize(
    ("planned", "config"),
    [
        ({"a": Unknown(), "b": 1}, {"a": "x", "b": 2}),
        (texts("a", "b"), texts("a", "c")),
        (objects({"n": "a", "v": Unknown(STRING)}), objects({"n": "b", "v": "x"})),
        (objects({"n": "a", "v": Unknown(STRING)}, {"n": "b", "v": 1}), objects({"n": "a", "v": "x"})),
        (objects({"n": "a", "v": Unknown(STRING)}), objects({"n": "a", "v": "x"}, {"n": "c", "v": "x"})),
        (SetValue(ANY, [Sensitive(store(Sensitive("hush"), KEY))]), SetValue(ANY, ["other"])),
    ],
)
def test_what_was_known_may_not_be_another_one(planned, config):
    with pytest.raises(Different):
        fill(planned, config, KEY)


class TestRecognised:
    def test_a_digest_of_what_is_there_is_that(self):
        stored = restore(store({"a": Sensitive("x"), "b": (Sensitive("y"), "z")}, KEY))

        found = recognised(stored, {"a": Sensitive("x"), "b": ("other", "z")}, KEY)

        assert found["a"].value == "x"
        assert isinstance(found["b"][0].value, Digest)

    def test_json_that_a_service_wrote_anew_is_the_same(self):
        stored = restore(store(Sensitive('{"a":1,"b":[2]}'), KEY))

        assert recognised(stored, '{ "b": [2], "a": 1 }', KEY).value == '{ "b": [2], "a": 1 }'
        assert isinstance(recognised(stored, '{ "b": [3], "a": 1 }', KEY).value, Digest)
        assert isinstance(recognised(stored, "{ no json", KEY).value, Digest)

    def test_what_is_not_known_is_not_compared(self):
        stored = restore(store(Sensitive("x"), KEY))

        assert isinstance(recognised(stored, Unknown(), KEY).value, Digest)
