"""Instance types by size: the current generation, general purpose first, the smallest that is large enough."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_FAMILIES: dict[str, tuple[int, tuple[str, ...]]] = {
    "c7i": (2, ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge")),
    "m7i": (4, ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge")),
    "r7i": (8, ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge")),
}
"""GiB of memory a vCPU, and the sizes that there are."""
_CPUS = {"large": 2, "xlarge": 4}
_SMALL = (("t3.small", 2, 2), ("t3.medium", 2, 4))


@dataclass(frozen=True, slots=True)
class Machine:
    """An instance type: vCPUs and GiB of memory."""

    name: str
    cpu: int
    memory_gb: int


def _cpus(size: str) -> int:
    digits = size.removesuffix("xlarge")
    return _CPUS.get(size) or (4 * int(digits) if digits.isdigit() else 0)


def _all() -> list[Machine]:
    found = [Machine(*small) for small in _SMALL]
    for family, (ratio, sizes) in _FAMILIES.items():
        found += [Machine(f"{family}.{size}", _cpus(size), _cpus(size) * ratio) for size in sizes]
    return sorted(found, key=lambda machine: (machine.cpu * 4 + machine.memory_gb, machine.cpu))


MACHINES = _all()
_SIZES = {machine.name: (machine.cpu, machine.memory_gb) for machine in MACHINES}
_RATIOS = {family[0]: ratio for family, (ratio, _) in _FAMILIES.items()}


def fitting(cpu: int | Decimal, memory_gb: int | Decimal) -> Machine | None:
    """The smallest machine with as much of both, or None."""
    return next((m for m in MACHINES if m.cpu >= cpu and m.memory_gb >= memory_gb), None)


def size_of(name: str) -> tuple[int, int] | None:
    """vCPUs and GiB of memory of an instance type, of the families here in any generation; None of others."""
    found = re.fullmatch(r"([a-z])\d[a-z]*\.(\w+)", name)
    if name in _SIZES or found is None:
        return _SIZES.get(name)
    ratio, cpu = _RATIOS.get(found[1], 0), _cpus(found[2])
    return (cpu, cpu * ratio) if ratio and cpu else None
