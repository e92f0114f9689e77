"""What the server fills in, a kind at a time: created both ways, the objects come back the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.conformance.kubernetes.protocol.objects import collection, path_of

OBJECTS = [*yaml.safe_load_all(Path(__file__).with_name("accepted.yaml").read_text())]
IDS = [f"{value['kind']}-{value['metadata']['name']}" for value in OBJECTS]


@pytest.mark.parametrize("manifest", OBJECTS, ids=IDS)
def test_created_with_defaults(pair, namespace, manifest):
    path = collection(manifest, namespace)
    assert pair.post(path, manifest, dryRun="All", fieldManager="creator").status == 201


@pytest.mark.parametrize("manifest", OBJECTS, ids=IDS)
def test_applied_with_defaults_and_applied_again(pair, namespace, manifest):
    path = path_of(manifest, namespace)
    try:
        assert pair.apply(path, manifest).status == 201
        assert pair.apply(path, manifest).status == 200
    finally:
        for client in (pair.real, pair.sandbox):
            client.delete(path)
