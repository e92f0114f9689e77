from dataclasses import replace

import pytest

from language.diagnostics import FreeholdError
from state.operations import list_keys, move, push, remove, show
from state.records import Begin
from state.resources import ResourceState
from state.snapshot import Snapshot, encode

ADDRESSES = {
    "cluster.main/aws_vpc": (),
    "cluster.main/aws_eks_cluster": ("cluster.main/aws_vpc",),
    "app.shop/apps/Deployment/shop/web": ("cluster.main/aws_eks_cluster",),
    'aws_subnet.a["x"]': ("aws_vpc.a",),
    'aws_subnet.a["y"]': ("aws_vpc.a",),
    "aws_subnet.ab": (),
    "aws_vpc.a": (),
    "module.net.aws_vpc.b": (),
}


def resource(address: str, **more) -> ResourceState:
    types = [part for part in address.replace("/", ".").split(".") if part.startswith("aws_")]
    return ResourceState(address, types[-1].split("[")[0] if types else "Deployment", "p", {}, **more)


@pytest.fixture
def snapshot():
    made = [resource(address, dependencies=dependencies) for address, dependencies in ADDRESSES.items()]
    made.append(resource("aws_vpc.a", deposed="d1"))
    return Snapshot("lineage", "00" * 32, 7, {item.key: item for item in made})


def test_all_keys_are_listed_deposed_ones_too(snapshot):
    assert list_keys(snapshot) == sorted([*ADDRESSES, "aws_vpc.a (deposed d1)"])


@pytest.mark.parametrize(
    ("address", "keys"),
    [
        ("cluster.main", ["cluster.main/aws_eks_cluster", "cluster.main/aws_vpc"]),
        ("aws_subnet.a", ['aws_subnet.a["x"]', 'aws_subnet.a["y"]']),
        ('aws_subnet.a["x"]', ['aws_subnet.a["x"]']),
        ("module.net", ["module.net.aws_vpc.b"]),
        ("app.shop/apps", ["app.shop/apps/Deployment/shop/web"]),
        ("aws_vpc.a (deposed d1)", ["aws_vpc.a (deposed d1)"]),
    ],
)
def test_what_is_at_or_below_an_address_is_listed(snapshot, address, keys):
    assert list_keys(snapshot, [address]) == keys


def test_a_resource_that_is_not_there_is_told_with_the_one_that_may_be_meant(snapshot):
    with pytest.raises(FreeholdError) as refused:
        show(snapshot, "aws_vpc.c")

    assert refused.value.diagnostics[0].advice == "Did you mean aws_vpc.a?"
    assert show(snapshot, "aws_vpc.a").address == "aws_vpc.a"


def test_a_moved_resource_takes_its_deposed_ones_and_what_depends_on_it_along(snapshot):
    moved = move(snapshot, "aws_vpc.a", "module.net.aws_vpc.a")

    assert moved.serial == 8
    assert {"module.net.aws_vpc.a", "module.net.aws_vpc.a (deposed d1)"} <= set(moved.resources)
    assert not [key for key in moved.resources if key.startswith("aws_vpc.a")]
    assert moved.resources['aws_subnet.a["x"]'].dependencies == ("module.net.aws_vpc.a",)
    assert all(key == found.key for key, found in moved.resources.items())


def test_a_cluster_is_moved_with_all_that_is_below_it(snapshot):
    moved = move(snapshot, "cluster.main", "cluster.prod")

    assert moved.resources["cluster.prod/aws_eks_cluster"].dependencies == ("cluster.prod/aws_vpc",)
    assert moved.resources["app.shop/apps/Deployment/shop/web"].dependencies == ("cluster.prod/aws_eks_cluster",)


def test_an_instance_can_move_to_another_key_and_back(snapshot):
    there = move(snapshot, 'aws_subnet.a["x"]', "aws_subnet.a[0]")

    assert move(there, "aws_subnet.a[0]", 'aws_subnet.a["x"]') == replace(snapshot, serial=9)


@pytest.mark.parametrize(
    ("source", "destination", "summary"),
    [
        ("aws_vpc.nope", "aws_vpc.c", "No such resource"),
        ("aws_subnet.ab", "aws_vpc.a", "cannot change its type"),
        ("aws_subnet.ab", 'aws_subnet.a["y"]', "There is a resource already"),
    ],
)
def test_a_move_that_cannot_be_is_refused(snapshot, source, destination, summary):
    with pytest.raises(FreeholdError, match=summary):
        move(snapshot, source, destination)


def test_what_is_removed_is_forgotten_by_what_depended_on_it(snapshot):
    left, gone = remove(snapshot, ["aws_vpc.a"])

    assert gone == ["aws_vpc.a", "aws_vpc.a (deposed d1)"]
    assert left.serial == 8
    assert left.resources['aws_subnet.a["x"]'].dependencies == ()
    assert set(left.resources) == set(snapshot.resources) - set(gone)


def test_a_deposed_object_is_removed_alone(snapshot):
    left, gone = remove(snapshot, ["aws_vpc.a (deposed d1)"])

    assert gone == ["aws_vpc.a (deposed d1)"]
    assert left.resources['aws_subnet.a["x"]'].dependencies == ("aws_vpc.a",)


def test_nothing_is_removed_when_one_of_the_addresses_is_not_there(snapshot):
    with pytest.raises(FreeholdError, match="No such resource"):
        remove(snapshot, ["aws_vpc.a", "aws_vpc.nope"])


def test_what_is_in_flight_is_neither_moved_nor_removed(snapshot):
    waiting = replace(snapshot, in_flight=(Begin("1", "aws_subnet.ab", "update", "aws_subnet", "aws"),))

    with pytest.raises(FreeholdError, match="in flight"):
        move(waiting, "aws_subnet.ab", "aws_subnet.c")
    with pytest.raises(FreeholdError, match="in flight"):
        remove(waiting, ["aws_subnet.ab"])


# Terraform's rules for `state push`: statemgr/migrate.go, CheckValidImport
@pytest.mark.parametrize(
    ("change", "summary"),
    [
        ({"lineage": "other"}, "belongs to another stack"),
        ({"serial": 6}, "older than the present one"),
        ({"outputs": {}, "resources": {}}, "conflicts with the present one"),
    ],
)
def test_a_push_that_would_lose_something_is_refused_unless_forced(snapshot, change, summary):
    pushed = replace(snapshot, **change)

    with pytest.raises(FreeholdError, match=summary):
        push(snapshot, encode(pushed), "file")

    assert push(snapshot, encode(pushed), "file", force=True) == replace(pushed, serial=8)


def test_a_newer_state_is_taken_as_it_is(snapshot):
    newer = replace(snapshot, serial=12, resources={})

    assert push(snapshot, encode(newer), "file") == newer
    assert push(None, encode(newer), "file") == newer


def test_pushing_what_is_there_changes_nothing(snapshot):
    assert push(snapshot, encode(replace(snapshot, version="0.2.0")), "file") is None
