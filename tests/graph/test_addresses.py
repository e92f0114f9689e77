import pytest

from graph.addresses import block_of, covered, covers, suggest


@pytest.mark.parametrize(
    ("target", "address", "expected"),
    [
        ("cluster.main", "cluster.main", True),
        ("cluster.main", "cluster.main/aws_vpc", True),
        ("cluster.main", "cluster.mainland/aws_vpc", False),
        ("aws_vpc.a", 'aws_vpc.a["x"]', True),
        ('aws_vpc.a["x"]', 'aws_vpc.a["y"]', False),
        ("module.net", "module.net.aws_subnet.a[0]", True),
        ("app.shop/apps/Deployment/shop/web", "app.shop/apps/Deployment/shop/web-2", False),
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
    ],
)
def test_the_block_of_an_address(address, block):
    assert block_of(address) == block


def test_suggests_what_was_probably_meant():
    assert suggest("cluster.mian", ["cluster.main", "app.shop"]) == "cluster.main"
    assert suggest("zzz", ["cluster.main"]) == ""
