"""Who holds a lock, as it stands beside the state, with Terraform's names (statemgr.LockInfo)."""

import json

import pytest

from state.backends.contract import LockInfo


def test_it_is_written_with_terraforms_names_and_read_back():
    info = LockInfo("id-1", "apply", "ada@host", "0.1.0", "2026-01-01T00:00:00Z", "s3://b/k", "nightly", 60)

    assert json.loads(info.to_bytes()) == {
        "ID": "id-1",
        "Operation": "apply",
        "Who": "ada@host",
        "Version": "0.1.0",
        "Created": "2026-01-01T00:00:00Z",
        "Path": "s3://b/k",
        "Info": "nightly",
        "TTL": 60,
    }
    assert LockInfo.from_bytes(info.to_bytes()) == info


@pytest.mark.parametrize(
    ("data", "info"),
    [
        (b"", LockInfo("")),
        (b"[]", LockInfo("")),
        (b'{"ID": "id-1"}', LockInfo("id-1")),
        (b'{"ID": 7, "Who": null, "Info": "nightly", "Else": 1}', LockInfo("", info="nightly")),
        (b'{"ID": "id-1", "TTL": 0.5}', LockInfo("id-1", ttl=0.5)),
        (b'{"ID": "id-1", "TTL": "long"}', LockInfo("id-1", ttl=0)),
    ],
)
def test_of_what_another_program_wrote_as_much_is_taken_as_can_be_understood(data, info):
    assert LockInfo.from_bytes(data) == info
