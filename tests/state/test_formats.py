"""States of every format that was ever written are read, and written in the newest."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from language.diagnostics import FreeholdError
from state.backends.frames import encode_frame
from state.backends.local import LocalBackend
from state.records import Begin
from state.resources import OutputState, ResourceState
from state.secrets import Digest
from state.snapshot import FORMAT, decode, encode

FORMATS = Path(__file__).parent / "formats"
SECRET = Digest("hmac-sha256:72087dcff8dc8c611265ea649985485b8f881735077ae5a37378707e5ea0174d")
FIRST = ResourceState(
    "terraform_data.first",
    "terraform_data",
    "terraform",
    {
        "id": "1b1c",
        "input": {"n": Decimal("0.1000000000000000000000000001"), "big": 2**80, "list": ("a", None, True)},
        "output": {"$set": ("string", ("a", "b"))},
        "triggers_replace": None,
    },
    {"id": "1b1c"},
)
ROLE = ResourceState(
    'module.net["x"].aws_iam_role.a[0]',
    "aws_iam_role",
    "module.net.aws.west",
    {"name": "röle", "password": SECRET, "tags": {}},
    {"name": "röle"},
    ("terraform_data.first", "cluster.main"),
    "tainted",
    None,
    3,
    {"seen": "ab", "deep": {"a": (1, 2)}},
    True,
)
DEPOSED = ResourceState("aws_vpc.a", "aws_vpc", "aws", {"id": "vpc-1"}, {"id": "vpc-1"}, deposed="a1b2c3d4")
ODD = ResourceState(
    "terraform_data.odd",
    "terraform_data",
    "terraform",
    {"id": "odd", "input": {"$object": {"$set": 5}}, "output": {"schema": {"$ref": "#/definitions/x"}}},
)
FLIGHT = Begin(
    "id-1",
    "aws_eip.nat",
    "create",
    "aws_eip",
    "aws",
    {"id": "eip"},
    "token-1",
    {"domain": "vpc", "password": SECRET},
    "2026-01-02T03:04:05+00:00",
)


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_a_snapshot_of_each_format_is_read(number):
    snapshot = decode((FORMATS / str(number) / "freehold.state").read_bytes())

    assert (snapshot.format, snapshot.version, snapshot.serial) == (number, "0.1.0", 7)
    assert snapshot.lineage == "5a1f0c1e-7d0f-4e55-9b7a-3f6c6f0e2a11"
    assert snapshot.digest_key == "00112233445566778899aabbccddeeff" * 2
    assert snapshot.resources == {each.key: each for each in (FIRST, ROLE, DEPOSED, ODD)}
    assert snapshot.outputs == {
        "plain": OutputState({"a": (1, "x")}, ["object", {"a": ["tuple", ["number", "string"]]}]),
        "secret": OutputState(SECRET, "string", True),
    }
    assert snapshot.checks == {"check.health": "pass", "aws_vpc.a": "fail"}
    assert snapshot.in_flight == (FLIGHT,)


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_a_journal_of_each_format_is_read_upon_its_snapshot(number, tmp_path, manager_on):
    shutil.copytree(FORMATS / str(number), tmp_path, dirs_exist_ok=True)

    loaded = manager_on(LocalBackend(tmp_path / "freehold.state")).open()

    new = ResourceState(
        "terraform_data.new", "terraform_data", "terraform", {"id": "new", "input": SECRET}, {"id": "new"}
    )
    there = ResourceState("terraform_data.moved", "terraform_data", "terraform", {"id": "1b1c"}, {"id": "1b1c"})
    assert loaded.snapshot.resources == {each.key: each for each in (ROLE, ODD, new, there)}
    assert loaded.snapshot.outputs == {"plain": OutputState("now", "string")}
    assert loaded.snapshot.checks == {"check.health": "error"}
    assert (loaded.in_flight, loaded.position) == ((), "7.2")


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_what_is_read_of_any_format_is_written_in_the_newest(number, tmp_path, manager_on):
    shutil.copytree(FORMATS / str(number), tmp_path, dirs_exist_ok=True)
    manager = manager_on(LocalBackend(tmp_path / "freehold.state"))
    manager.open()
    manager.drop("terraform_data.moved")
    manager.checkpoint()

    snapshot = decode((tmp_path / "freehold.state").read_bytes())

    assert (snapshot.format, snapshot.serial) == (FORMAT, 8)
    assert snapshot.resources["terraform_data.odd"] == ODD


def test_the_newest_format_is_as_its_file_has_it():
    data = (FORMATS / str(FORMAT) / "freehold.state").read_bytes()

    assert encode(decode(data)) == data


def test_a_journal_of_a_newer_format_is_refused(tmp_path, manager_on):
    shutil.copytree(FORMATS / str(FORMAT), tmp_path, dirs_exist_ok=True)
    segment = b'{"lineage":"5a1f0c1e-7d0f-4e55-9b7a-3f6c6f0e2a11","base":7,"sequence":2,"format":%d}' % (FORMAT + 1)
    with (tmp_path / "freehold.state.journal").open("ab") as file:
        file.write(encode_frame("000000000007-00000002", segment))

    with pytest.raises(FreeholdError, match="written by a newer freehold"):
        manager_on(LocalBackend(tmp_path / "freehold.state")).open()
