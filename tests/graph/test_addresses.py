import pytest

from graph.addresses import (
    block_of,
    covered,
    covers,
    indexed,
    is_data,
    module_prefix,
    split_index,
    split_modules,
    suggest,
    unkeyed,
)


@pytest.mark.parametrize(
    ("target", "address", "expected"),
    [
        ("cluster.main", "cluster.main", True),
        ("cluster.main", "cluster.main/aws_vpc", True),
        ("cluster.main", "cluster.mainland/aws_vpc", False),
        ("aws_vpc.a", 'aws_vpc.a["x"]', True),
        ('aws_vpc.a["x"]', 'aws_vpc.a["y"]', False),
        ("module.net", "module.net.aws_subnet.a[0]", True),
        ("module.net.", "module.net.aws_subnet.a[0]", True),
        ("a.b", "a.bc", False),
        ("aws_vpc.extra", "aws_vpc.extr", False),
        ("app.shop/apps/Deployment/shop/web", "app.shop/apps/Deployment/shop/web-2", False),
        ("", "aws_vpc.a", False),
    ],
)
def test_a_target_covers_itself_and_what_stands_below_it(target, address, expected):
    assert covers(target, address) is expected
    assert covered(["app.none", target], address) is expected


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("cluster.main/aws_subnet.private-a", "cluster.main"),
        ('aws_vpc.a["x/y"]', "aws_vpc.a"),
        ("terraform_data.a", "terraform_data.a"),
        ("app.shop/Namespace/shop", "app.shop"),
        ("app.shop/apps/Deployment/shop/web[0]", "app.shop"),
        ("aws_vpc.a[0]/b", "aws_vpc.a"),
        ('module.net["x/y"].aws_vpc.a[0]', 'module.net["x/y"].aws_vpc.a'),
        ('module.net["x"].module.sub[3].aws_vpc.a', 'module.net["x"].module.sub[3].aws_vpc.a'),
        ("module.net[0].cluster.main/aws_vpc", "module.net[0].cluster.main"),
    ],
)
def test_the_block_of_an_address(address, block):
    assert block_of(address) == block


def test_suggests_what_was_probably_meant():
    assert suggest("cluster.mian", ["cluster.main", "app.shop"]) == "cluster.main"
    assert suggest("cluster.mian", ["cluster.other", "cluster.main"]) == "cluster.main"
    assert suggest("zzz", ["cluster.main"]) == ""


INDEXES = [
    (None, "aws_vpc.a"),
    (0, "aws_vpc.a[0]"),
    (12, "aws_vpc.a[12]"),
    ("x", 'aws_vpc.a["x"]'),
    ("0", 'aws_vpc.a["0"]'),
    ("", 'aws_vpc.a[""]'),
    ("a[0]", 'aws_vpc.a["a[0]"]'),
    ('say "hi"', r'aws_vpc.a["say \"hi\""]'),
    ("back\\slash", r'aws_vpc.a["back\\slash"]'),
    ("line\nend\ttab\rreturn", r'aws_vpc.a["line\nend\ttab\rreturn"]'),
]


@pytest.mark.parametrize(("key", "address"), INDEXES)
def test_an_instance_is_named_as_hcl_writes_its_index_and_the_name_is_read_back(key, address):
    assert indexed("aws_vpc.a", key) == address
    assert split_index(address) == ("aws_vpc.a", key)


def test_only_the_last_index_is_an_instances():
    assert split_index('module.net["x"].aws_vpc.a[1]') == ('module.net["x"].aws_vpc.a', 1)
    assert split_index('module.net["x"].aws_vpc.a') == ('module.net["x"].aws_vpc.a', None)


@pytest.mark.parametrize(
    ("address", "calls", "rest"),
    [
        ("aws_vpc.a", (), "aws_vpc.a"),
        ("module.net.aws_vpc.a", (("net", None),), "aws_vpc.a"),
        ('module.net["x.y"].aws_vpc.a[0]', (("net", "x.y"),), "aws_vpc.a[0]"),
        ("module.net[12].module.sub.data.aws_vpc.a", (("net", 12), ("sub", None)), "data.aws_vpc.a"),
    ],
)
def test_the_module_calls_of_an_address_with_their_keys(address, calls, rest):
    assert split_modules(address) == (calls, rest)
    assert module_prefix(calls) + rest == address


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("data.aws_vpc.a", True),
        ("aws_vpc.data", False),
        ("module.data.aws_vpc.a", False),
        ('module.net["x"].data.aws_vpc.a[0]', True),
    ],
)
def test_what_is_of_a_data_source(address, expected):
    assert is_data(address) is expected


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ('aws_vpc.a["x"]', "aws_vpc.a"),
        ('module.net["x"].aws_vpc.a[0]', "module.net.aws_vpc.a"),
        ("module.net[0].module.sub[1].cluster.main/aws_vpc", "module.net.module.sub.cluster.main"),
    ],
)
def test_what_the_configuration_calls_the_block_of_an_instance(address, block):
    assert unkeyed(address) == block
