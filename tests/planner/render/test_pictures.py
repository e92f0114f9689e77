"""Drawings: the graph as dot and mermaid, a plan as SVG."""

import re
import xml.etree.ElementTree as ET

from graph.digraph import Digraph
from planner.render.graph import draw
from planner.render.picture import svg
from tests.planner.render.plans import every_kind

GRAPH = Digraph(
    ["var.cloud", "cluster.main", "app.shop", 'aws_vpc.a["x"]'],
    [("var.cloud", "cluster.main"), ("cluster.main", "app.shop"), ("cluster.main", 'aws_vpc.a["x"]')],
)


def test_dot_names_every_node_and_points_to_what_is_referred_to():
    made = draw(GRAPH, "dot")

    assert made.startswith("digraph {\n")
    assert made.endswith("}\n")
    assert '"app.shop" -> "cluster.main"' in made
    assert r'"aws_vpc.a[\"x\"]" -> "cluster.main"' in made
    assert len(re.findall(r"^  \".*\[shape", made, re.MULTILINE)) == 4


def test_mermaid_has_the_same_nodes_and_arrows():
    made = draw(GRAPH, "mermaid").splitlines()

    assert made[0] == "flowchart RL"
    labels = dict(re.findall(r'^  (n\d+)\["(.*)"\]$', "\n".join(made), re.MULTILINE))
    assert sorted(labels.values()) == ["app.shop", "aws_vpc.a[#quot;x#quot;]", "cluster.main", "var.cloud"]
    arrows = [line.split() for line in made if "-->" in line]
    assert [labels["n2"], labels["n1"]] == ["app.shop", "cluster.main"]
    assert ["n2", "-->", "n1"] in arrows
    assert len(arrows) == 3


def test_a_picture_is_svg_that_shows_the_plan():
    picture = svg(every_kind(), title="a plan")

    root = ET.fromstring(picture)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    text = " ".join("".join(root.itertext()).replace("\xa0", " ").split())
    assert "aws_eks_cluster" in text
    assert "Plan: 4 to add, 3 to change, 3 to destroy." in text
    assert "a plan" in text
