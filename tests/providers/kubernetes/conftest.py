"""The sandbox's API server for tests of what needs one; a plain client beside ours is the judge of what there is."""

from __future__ import annotations

import base64
import itertools

import pytest
import urllib3
import yaml

from providers.contract import ClusterToken
from providers.kubernetes.client import KubernetesClient
from tests.conformance.kubernetes import clusters
from tests.providers.kubernetes.support import CountingPool, Managed

_names = itertools.count(1)


@pytest.fixture(scope="session")
def cluster():
    with clusters.sandbox() as started:
        yield started


@pytest.fixture(scope="session")
def access(cluster):
    """The server, its CA in PEM, and a token."""
    config = yaml.safe_load(cluster.kubeconfig.read_text())
    reached, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    return reached["server"], base64.b64decode(reached["certificate-authority-data"]).decode(), user["token"]


@pytest.fixture
def judge(cluster):
    """A plain client of the API, which is not ours."""
    return cluster.client


@pytest.fixture
def pool(access):
    return CountingPool(urllib3.PoolManager(maxsize=4, cert_reqs="CERT_REQUIRED", ca_cert_data=access[1]))


@pytest.fixture
def client(access, pool):
    server, _, token = access
    return KubernetesClient(pool, server, identity="tests", token=lambda: ClusterToken(token, float("inf")))


@pytest.fixture
def managed(client):
    """`managed()`: an object that does not exist yet."""
    return lambda **more: Managed(client, **more)


@pytest.fixture
def namespace(judge):
    """A new namespace."""
    name = f"t{next(_names)}"
    assert judge.post("/api/v1/namespaces", {"metadata": {"name": name}}).status == 201
    return name
