"""What ignore_changes keeps stays of the type that it is in the configuration."""

from __future__ import annotations

from language.types import STRING
from language.values import ListValue, MapValue
from planner.plan.ignored import keep_ignored


def test_an_element_of_a_list_is_kept_in_a_list():
    config = {"names": ListValue(STRING, ["new", "same"])}
    kept = keep_ignored(config, {"names": ListValue(STRING, ["old", "same"])}, (("names", 0),))["names"]
    assert kept == ("old", "same")
    assert isinstance(kept, ListValue)
    assert kept.element_type is STRING


def test_a_member_that_a_map_did_not_have_is_left_out_of_the_map():
    config = {"tags": MapValue(STRING, {"owner": "me", "team": "ours"})}
    kept = keep_ignored(config, {"tags": MapValue(STRING, {"team": "theirs"})}, (("tags", "owner"),))["tags"]
    assert kept == {"team": "ours"}
    assert isinstance(kept, MapValue)
    assert kept.element_type is STRING
