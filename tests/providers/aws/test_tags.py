"""Tags, by the rules of Terraform's provider: `tags` is what is asked for, `tags_all` that on top of the defaults."""

from __future__ import annotations

import pytest

from language.types import STRING, Map
from language.values import Unknown


def tags_on(ec2, id_):
    found = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [id_]}])["Tags"]
    return {tag["Key"]: tag["Value"] for tag in found}


@pytest.fixture
def defaulting(configured):
    """A client whose provider block has default tags."""
    return configured(default_tags={"tags": {"team": "shop", "stage": "test"}})


def test_ours_are_on_it_and_not_in_what_is_shown(managed, ec2):
    vpc = managed("aws_vpc", "cluster.main/aws_vpc").create(cidr_block="10.1.0.0/16", tags={"Name": "a"})

    on_it = tags_on(ec2, vpc["id"])
    assert on_it["freehold:address"] == "cluster.main/aws_vpc"
    assert on_it["freehold:stack"] == "tests"
    assert on_it["freehold:lineage"] == vpc.call.tags["freehold:lineage"]
    assert vpc["tags"] == vpc["tags_all"] == {"Name": "a"}
    assert vpc.changes(cidr_block="10.1.0.0/16", tags={"Name": "a"}) == ()


def test_default_tags_are_on_it_and_in_tags_all_alone(managed, defaulting, ec2):
    config = {"cidr_block": "10.1.0.0/16", "tags": {"Name": "a", "stage": "live"}}
    vpc = managed("aws_vpc", by=defaulting)

    assert vpc.planned(**config).values["tags_all"] == {"Name": "a", "stage": "live", "team": "shop"}
    vpc.create(**config)

    assert vpc["tags"] == {"Name": "a", "stage": "live"}
    assert vpc["tags_all"] == {"Name": "a", "stage": "live", "team": "shop"}
    assert tags_on(ec2, vpc["id"])["team"] == "shop"
    assert vpc.changes(**config) == ()


def test_a_tag_that_says_what_the_default_says_stays_where_it_was_asked_for(managed, defaulting):
    config = {"cidr_block": "10.1.0.0/16", "tags": {"team": "shop"}}

    vpc = managed("aws_vpc", by=defaulting).create(**config)

    assert vpc["tags"] == {"team": "shop"}
    assert vpc.changes(**config) == ()


def test_a_tag_that_somebody_changed_is_put_back(managed, ec2):
    config = {"cidr_block": "10.1.0.0/16", "tags": {"Name": "a"}}
    vpc = managed("aws_vpc").create(**config)
    ec2.create_tags(Resources=[vpc["id"]], Tags=[{"Key": "Name", "Value": "b"}, {"Key": "more", "Value": "c"}])

    assert vpc.changes(**config) == ("tags", "tags_all")
    vpc.update(**config)

    assert "more" not in tags_on(ec2, vpc["id"])
    assert tags_on(ec2, vpc["id"])["Name"] == "a"
    assert "freehold:address" in tags_on(ec2, vpc["id"])
    assert vpc.changes(**config) == ()


def test_tags_that_are_not_known_yet_leave_tags_all_unknown(managed):
    planned = managed("aws_vpc").planned(cidr_block="10.1.0.0/16", tags=Unknown(Map(STRING)))

    assert isinstance(planned.values["tags_all"], Unknown)
