"""How the conditions of a plan came out, as Terraform's plan JSON has them: by block, and in it by instance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graph.addresses import split_index, split_modules, unkeyed
from planner.evaluation.conditions import CheckResult, worst
from planner.render.json_values import module_of


def render(checks: Iterable[CheckResult]) -> list[dict[str, Any]]:
    """The results of all blocks that have conditions, by their addresses."""
    blocks: dict[str, dict[str, list[CheckResult]]] = {}
    for check in checks:
        blocks.setdefault(unkeyed(check.address), {}).setdefault(check.address, []).append(check)
    return [_block(address, blocks[address]) for address in sorted(blocks)]


def _block(address: str, instances: dict[str, list[CheckResult]]) -> dict[str, Any]:
    found = [_instance(each, instances[each]) for each in sorted(instances)]
    kind = next(iter(instances.values()))[0].kind
    *data, type_, name = split_modules(address)[1].split(".")
    named: dict[str, Any] = {"kind": kind, "name": name, **_module(address), "to_display": address}
    if kind == "resource":
        named |= {"mode": "data" if data else "managed", "type": type_}
    return {"address": named, "status": worst(each["status"] for each in found), "instances": found}


def _instance(address: str, results: list[CheckResult]) -> dict[str, Any]:
    key = split_index(split_modules(address)[1])[1]
    named = {**_module(address), "to_display": address} | ({"instance_key": key} if key is not None else {})
    made: dict[str, Any] = {"address": named, "status": worst(each.status for each in results)}
    problems = [{"message": message} for each in results for message in each.problems]
    return {**made, "problems": problems} if problems else made


def _module(address: str) -> dict[str, str]:
    module = module_of(address)
    return {"module": module} if module else {}
