"""What an editor is told, for texts with a cursor (`|`) in them."""

from __future__ import annotations

import pytest

from editor import completion, hover, symbols
from editor.members import Members
from editor.place import place_at
from editor.stack import Stack

MEMBERS = Members()
STACK = """
variable "region" {
  type        = string
  description = "Where it is."
  default     = "eu-west-1"
}
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
data "aws_subnets" "all" {
  filter {
    name   = "vpc-id"
    values = [aws_vpc.main.id]
  }
}
cluster "c" {
  provider = "aws"
  region   = "eu-west-1"
  node_pool "p" { machine_type = "m7i.large" }
}
module "net" { source = "./net" }
output "r" { value = [var.region, aws_vpc.main.id, cluster.c.endpoint, module.net.cidr] }
"""
NET = """
variable "size" {
  type        = number
  description = "How many."
  default     = 1
}
output "cidr" {
  value       = var.size
  description = "Its addresses."
}
"""


def at_cursor(text):
    offset = text.index("|")
    return text[:offset] + text[offset + 1 :], offset


@pytest.fixture
def stack(tmp_path):
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "main.hcl").write_text(NET)
    (tmp_path / "main.hcl").write_text(STACK)
    found = Stack.read(tmp_path, MEMBERS, {})
    assert found.diagnostics == []
    return found


@pytest.mark.parametrize(
    ("text", "path", "role", "typed"),
    [
        ("|", (), "name", ""),
        ("reso|", (), "name", "reso"),
        ('resource "aws_|', (), "label", "aws_"),
        ('resource "aws_vpc" "a" {\n  ci|\n}', (("resource", "aws_vpc", "a"),), "name", "ci"),
        ('resource "a" "b" {\n  x = { y = 1 }\n  z|', (("resource", "a", "b"),), "name", "z"),
        ('resource "a" "b" {\n  x = var.r|', (("resource", "a", "b"),), "value", "var.r"),
        ('resource "a" "b" {\n  x = {\n    y = |', (("resource", "a", "b"),), "value", ""),
        ('resource "a" "b" {\n  x = "text ${var.|', (("resource", "a", "b"),), "value", "var."),
        ('resource "a" "b" {\n  x = "te|', (("resource", "a", "b"),), "nothing", "te"),
        ("locals {\n  a = [for x in var.y : upper(x|", (("locals",),), "value", "x"),
        ("a = <<E\n${f|", (), "value", "f"),
        ('cluster "c" {\n  node_pool "p" {\n    m|', (("cluster", "c"), ("node_pool", "p")), "name", "m"),
        ('x "y" {\n}\nz {\n  |', (("z",),), "name", ""),
        ('x = module.a["k"].o|', (), "value", 'module.a["k"].o'),
        ("}}} |", (), "name", ""),
    ],
)
def test_a_place_is_told_from_a_text_that_need_not_parse(text, path, role, typed):
    place = place_at(*at_cursor(text))

    assert (place.path, place.role, place.typed) == (path, role, typed)


@pytest.mark.parametrize(
    ("text", "proposed", "not_proposed"),
    [
        ("|", {"stack", "resource", "cluster", "app", "import"}, {"cidr_block"}),
        ('resource "aws_v|', {"aws_vpc"}, {"terraform_data"}),
        ('provider "|', {"aws", "kubernetes"}, {"aws_vpc"}),
        ('resource "aws_vpc" "a" {\n|', {"cidr_block", "lifecycle", "for_each", "dynamic"}, {"arn"}),
        ('resource "aws_vpc" "a" {\n  lifecycle {\n    p|', {"prevent_destroy", "precondition"}, {"cidr_block"}),
        ('resource "aws_eks_cluster" "a" {\n  vpc_config {\n    |', {"subnet_ids"}, {"name", "vpc_id"}),
        (
            'resource "aws_eks_cluster" "a" {\n  dynamic "vpc_config" {\n    content {\n|',
            {"subnet_ids"},
            {"for_each", "iterator"},
        ),
        ('resource "aws_eks_cluster" "a" {\n  dynamic "vpc_config" {\n|', {"for_each", "iterator"}, {"subnet_ids"}),
        ('cluster "d" {\n|', {"version", "node_pool", "network", "aws"}, {"app"}),
        ('cluster "d" {\n  aws {\n|', {"nat"}, {"node_pool"}),
        ('cluster "d" {\n  node_pool "p" {\n|', {"min", "max", "memory_gb"}, {"version"}),
        ('app "a" {\n|', {"manifests", "namespace", "object"}, {"node_pool"}),
        ('module "net" {\n|', {"size", "source", "for_each"}, {"region"}),
        ("locals {\n  a = var.|", {"var.region"}, {"local.a", "var.size"}),
        ("locals {\n  a = aws_vpc.main.|", {"aws_vpc.main.id", "aws_vpc.main.arn"}, {"aws_vpc.main"}),
        ("locals {\n  a = cluster.c.e|", {"cluster.c.endpoint"}, set()),
        ("locals {\n  a = cluster.c.|", {"cluster.c.endpoint", "cluster.c.provider"}, set()),
        ("locals {\n  a = module.net.|", {"module.net.cidr"}, {"module.net.size"}),
        ('data "aws_|', {"aws_subnets", "aws_region"}, {"aws_eip", "terraform_data"}),
        ('data "aws_subnet" "a" {\n|', {"vpc_id", "filter", "for_each", "lifecycle", "dynamic"}, {"arn"}),
        ('data "aws_subnet" "a" {\n  filter {\n|', {"name", "values"}, {"vpc_id"}),
        ('data "aws_subnet" "a" {\n  lifecycle {\n|', {"precondition", "postcondition"}, {"prevent_destroy"}),
        ('check "c" {\n|', {"assert", "data"}, {"vpc_id"}),
        ('check "c" {\n  data "aws_vpc" "a" {\n|', {"cidr_block", "filter", "depends_on"}, {"count", "lifecycle"}),
        ("locals {\n  a = data.|", {"data.aws_subnets.all"}, {"aws_vpc.main"}),
        ("locals {\n  a = data.aws_subnets.all.|", {"data.aws_subnets.all.ids"}, {"data.aws_subnets.all.arn"}),
        ("locals {\n  a = up|", {"upper"}, {"lower"}),
        ('locals {\n  a = "${up|', {"upper"}, {"lower"}),
        ('locals {\n  a = "up|', set(), {"upper"}),
    ],
)
def test_completion(text, proposed, not_proposed, stack):
    _, found = completion.proposals(stack, *at_cursor(text))

    names = {each.name for each in found}
    assert proposed <= names
    assert not names & not_proposed


def test_what_is_inserted_has_a_place_for_the_cursor(stack):
    def inserted(text, name):
        return next(each.insert for each in completion.proposals(stack, *at_cursor(text))[1] if each.name == name)

    assert inserted("|", "resource") == 'resource "$0" "" {\n}'
    assert inserted("|", "locals") == "locals {\n  $0\n}"
    assert inserted('resource "aws_vpc" "a" {\n|', "cidr_block") == "cidr_block = $0"
    assert inserted("locals {\n  a = |", "upper") == "upper($0)"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = upp|er(1)", "upper(str)"),
        ("x = var.reg|ion", "Where it is."),
        ("x = module.net.cid|r", "Its addresses."),
        ('resource "aws_vpc" "a" {\n  cidr_b|lock = 1\n}', "cidr_block: string"),
        ('module "net" {\n  si|ze = 1\n}', "How many."),
        ("x = aws_vpc.main.a|rn", "aws_vpc.main.arn: string"),
        ("x = aws_vpc.mai|n", 'resource "aws_vpc" "main"'),
        ("x = data.aws_subnets.all.id|s", "data.aws_subnets.all.ids: list(string)"),
        ("x = data.aws_subnets.al|l", 'data "aws_subnets" "all"'),
        ('data "aws_vpc" "a" {\n  defaul|t = true\n}', "Whether it is the region's default one."),
    ],
)
def test_hover(text, said, stack):
    found = hover.about(stack, *at_cursor(text))

    assert found is not None
    assert said in found[0]


@pytest.mark.parametrize("text", ["x = nothi|ng", '"te|xt"', "|", "x = 1|", "# upp|er"])
def test_nothing_is_said_of_what_is_not_known(text, stack):
    assert hover.about(stack, *at_cursor(text)) is None


@pytest.mark.parametrize(
    ("reference", "file", "line"),
    [
        ("var.region", "main.hcl", 2),
        ("module.net.cidr", "net/main.hcl", 7),
        ("aws_vpc.main", "main.hcl", 7),
        ("data.aws_subnets.all.ids[0]", "main.hcl", 8),
        ("cluster.c", "main.hcl", 14),
    ],
)
def test_definitions(reference, file, line, stack):
    span = stack.declaration(reference).span

    assert (stack.path(span), span.start_line) == ((stack.directory / file).resolve(), line)


def test_the_outline_has_blocks_inside_of_blocks_though_the_text_is_broken():
    found = symbols.outline('resource "a" "b" {\n  lifecycle {\n  }\n}\nlocals {\n  x = 1\n}\nbroken {', "main.hcl")

    assert [each.name for each in found][:2] == ["resource.a.b", "locals"]
    assert [each.name for each in found[0].inside] == ["lifecycle"]
    assert [each.name for each in found[1].inside] == ["local.x"]


def test_texts_that_are_not_saved_are_what_counts(stack):
    file = stack.directory / "main.hcl"

    read = Stack.read(stack.directory, MEMBERS, {file.resolve(): 'output "x" { value = var.regoin }\n'})

    assert [each.summary for each in read.diagnostics] == ["Reference to undeclared input variable"]


def test_a_module_that_is_not_there_is_told_and_not_fetched(tmp_path):
    (tmp_path / "main.hcl").write_text('module "m" { source = "https://127.0.0.1:1/module.tar.gz" }\n')

    read = Stack.read(tmp_path, MEMBERS, {})

    assert [each.summary for each in read.diagnostics if each.severity == "error"] == ["Module not fetched"]


def test_a_folder_without_a_stack_gives_no_names_but_the_language(tmp_path):
    read = Stack.read(tmp_path / "none", MEMBERS, {})

    assert read.diagnostics
    assert "path.module" in read.names("")


@pytest.mark.parametrize("rest", ["", '  provider = "aws"\n  bogus = 1\n', "  region =\n"])
def test_the_outputs_of_a_cluster_that_is_not_finished_are_proposed(rest, tmp_path):
    text = f'cluster "c" {{\n{rest}}}\noutput "o" {{\n  value = cluster.c.|\n}}\n'
    written, offset = at_cursor(text)
    (tmp_path / "main.hcl").write_text(written)

    _, found = completion.proposals(Stack.read(tmp_path, MEMBERS, {}), written, offset)

    assert {"cluster.c.endpoint", "cluster.c.name"} <= {each.name for each in found}
