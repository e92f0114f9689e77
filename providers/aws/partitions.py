"""AWS's partitions and their regions, as the SDK knows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of AWS that is apart from the others; `regions` are described by their names."""

    name: str
    dns_suffix: str
    regions: Mapping[str, str]


def partition_of(region: str) -> Partition:
    """The partition that a region is in; a region that is newer than the SDK is taken to be in the first."""
    partitions = _partitions()
    return next((each for each in partitions if region in each.regions), partitions[0])


@lru_cache(maxsize=1)
def _partitions() -> tuple[Partition, ...]:
    from botocore.loaders import create_loader

    data: Any = create_loader().load_data("endpoints")
    return tuple(
        Partition(
            each["partition"],
            each["dnsSuffix"],
            {name: region["description"] for name, region in each["regions"].items()},
        )
        for each in data["partitions"]
    )
