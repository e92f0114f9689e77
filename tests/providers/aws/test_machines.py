"""Instance types by size, against EC2's own catalogue as moto carries it."""

from __future__ import annotations

import gzip
import importlib.resources
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.aws.machines import MACHINES, fitting


@pytest.fixture(scope="module")
def catalogue():
    pytest.importorskip("moto")
    packed = importlib.resources.files("moto").joinpath("ec2/resources/instance_types.json.gz").read_bytes()
    return json.loads(gzip.decompress(packed))


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_a_machine_is_of_the_size_that_ec2_says(catalogue, machine):
    described = catalogue[machine.name]

    assert machine.cpu == described["VCpuInfo"]["DefaultVCpus"]
    assert machine.memory_gb * 1024 == described["MemoryInfo"]["SizeInMiB"]
    assert "x86_64" in described["ProcessorInfo"]["SupportedArchitectures"]


@pytest.mark.parametrize(
    ("cpu", "memory_gb", "expected"),
    [
        (2, 8, "m7i.large"),
        (4, 16, "m7i.xlarge"),
        (4, 8, "c7i.xlarge"),
        (4, 32, "r7i.xlarge"),
        (3, 10, "m7i.xlarge"),
        (192, 1536, "r7i.48xlarge"),
    ],
)
def test_the_next_larger_machine_is_taken(cpu, memory_gb, expected):
    assert fitting(cpu, memory_gb).name == expected


@given(st.integers(1, 192), st.integers(1, 1536))
def test_a_machine_is_large_enough_and_none_smaller_would_do(cpu, memory_gb):
    found = fitting(cpu, memory_gb)

    assert found.cpu >= cpu
    assert found.memory_gb >= memory_gb
    enough = [m for m in MACHINES if m.cpu >= cpu and m.memory_gb >= memory_gb]
    assert not any(
        m.cpu <= found.cpu and m.memory_gb <= found.memory_gb and (m.cpu, m.memory_gb) != (found.cpu, found.memory_gb)
        for m in enough
    )


def test_what_no_machine_has_is_not_found():
    assert fitting(193, 1) is None
    assert fitting(1, 1537) is None
