"""The graph of a stack's blocks as Graphviz' dot and as Mermaid."""

from __future__ import annotations

import re

from graph.digraph import Digraph

_SHAPES = {
    "cluster": "box3d",
    "app": "component",
    "data": "cylinder",
    "var": "note",
    "local": "plaintext",
    "output": "note",
}


def draw(graph: Digraph[str], format_: str) -> str:
    """The graph in `dot` or `mermaid`; arrows run from what refers to what is referred to, as Terraform's do."""
    return _dot(graph) if format_ == "dot" else _mermaid(graph)


def _dot(graph: Digraph[str]) -> str:
    lines = ["digraph {", '  rankdir = "RL"', '  node [fontname = "sans-serif"]']
    for node in graph:
        shape = _SHAPES.get(node.partition(".")[0], "box")
        lines.append(f"  {_quoted(node)} [shape = {shape}]")
    lines += [f"  {_quoted(second)} -> {_quoted(first)}" for first, second in graph.edges]
    return "\n".join([*lines, "}", ""])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _mermaid(graph: Digraph[str]) -> str:
    names = {node: f"n{index}" for index, node in enumerate(graph)}
    lines = ["flowchart RL"]
    lines += [f'  {names[node]}["{re.sub(chr(34), "#quot;", node)}"]' for node in graph]
    lines += [f"  {names[second]} --> {names[first]}" for first, second in graph.edges]
    return "\n".join([*lines, ""])
