"""Clusters of EKS, driven as boto3 drives them. Expected words are the real service's."""

from __future__ import annotations

import base64

import pytest

from tests.sandbox.support import Network, active, eventually, refused


def test_a_cluster_is_created_and_becomes_active(eks, ec2, roles, network, name):
    created = eks.create_cluster(
        name=name, roleArn=roles["eks"], resourcesVpcConfig={"subnetIds": network.subnets}, version="1.34"
    )["cluster"]

    assert created["status"] == "CREATING"
    assert "endpoint" not in created
    assert created["arn"] == f"arn:aws:eks:eu-west-1:123456789012:cluster/{name}"

    eks.get_waiter("cluster_active").wait(name=name, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    cluster = eks.describe_cluster(name=name)["cluster"]

    assert cluster["version"] == "1.34"
    assert cluster["endpoint"].startswith("https://127.0.0.1:")
    assert base64.b64decode(cluster["certificateAuthority"]["data"]).startswith(b"-----BEGIN CERTIFICATE-----")
    assert cluster["identity"]["oidc"]["issuer"].startswith("https://oidc.eks.eu-west-1.amazonaws.com/id/")
    assert cluster["kubernetesNetworkConfig"]["serviceIpv4Cidr"] == "172.20.0.0/16"
    assert cluster["accessConfig"]["authenticationMode"] == "CONFIG_MAP"
    config = cluster["resourcesVpcConfig"]
    assert config["vpcId"] == network.vpc
    group = ec2.describe_security_groups(GroupIds=[config["clusterSecurityGroupId"]])["SecurityGroups"][0]
    assert group["GroupName"].startswith(f"eks-cluster-sg-{name}-")


def test_the_services_cidr_avoids_the_vpc(make_cluster, ec2, name):
    vpc = ec2.create_vpc(CidrBlock="192.168.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"192.168.{i}.0/24", AvailabilityZone=f"eu-west-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for i, zone in enumerate("ab")
    ]

    cluster = make_cluster(name, resourcesVpcConfig={"subnetIds": subnets})

    assert cluster["kubernetesNetworkConfig"]["serviceIpv4Cidr"] == "10.100.0.0/16"


def test_a_name_is_taken_once_but_a_token_is_repeated(eks, roles, network, name):
    wanted = {
        "name": name,
        "roleArn": roles["eks"],
        "resourcesVpcConfig": {"subnetIds": network.subnets},
        "clientRequestToken": f"token-{name}",
    }
    first = eks.create_cluster(**wanted)["cluster"]
    again = eks.create_cluster(**wanted)["cluster"]
    assert again["arn"] == first["arn"]
    assert again["createdAt"] == first["createdAt"]

    answer = refused(eks.create_cluster, "ResourceInUseException", **{**wanted, "clientRequestToken": "another"})
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 409
    assert answer["Error"]["Message"] == f"Cluster already exists with name: {name}"
    assert answer["clusterName"] == name


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": "1.12"}, "unsupported Kubernetes version"),
        (
            {"roleArn": "arn:aws:iam::123456789012:role/missing"},
            "Role with arn: arn:aws:iam::123456789012:role/missing, could not be assumed because it does not exist "
            "or the trusted entity is not correct",
        ),
        ({"resourcesVpcConfig": {"subnetIds": ["subnet-0"]}}, "The subnet ID 'subnet-0' does not exist"),
    ],
)
def test_what_must_be_there_is_asked_for(eks, roles, network, name, change, message):
    wanted = {"roleArn": roles["eks"], "resourcesVpcConfig": {"subnetIds": network.subnets}, **change}

    answer = refused(eks.create_cluster, "InvalidParameterException", name=name, **wanted)

    assert answer["Error"]["Message"] == message
    assert name not in eks.list_clusters()["clusters"]


def test_subnets_lie_in_two_zones(eks, roles, network, name):
    config = {"subnetIds": network.subnets[:1]}
    answer = refused(
        eks.create_cluster, "InvalidParameterException", name=name, roleArn=roles["eks"], resourcesVpcConfig=config
    )
    assert answer["Error"]["Message"] == "Subnets specified must be in at least two different AZs"


def test_a_missing_cluster_is_not_found(eks):
    answer = refused(eks.describe_cluster, "ResourceNotFoundException", name="nowhere")
    assert answer["Error"]["Message"] == "No cluster found for name: nowhere."
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_parameters_are_checked_against_the_model(eks, sandbox):
    import botocore.session
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    request = AWSRequest("POST", f"{sandbox.endpoint}/clusters", data=b'{"name": "x"}')
    credentials = Credentials(sandbox.env["AWS_ACCESS_KEY_ID"], sandbox.env["AWS_SECRET_ACCESS_KEY"])
    SigV4Auth(credentials, "eks", "eu-west-1").add_auth(request)
    response = botocore.httpsession.URLLib3Session().send(request.prepare())

    assert response.status_code == 400
    assert response.headers["x-amzn-ErrorType"] == "InvalidParameterException"
    assert b"roleArn" in response.content


def test_deletion_takes_its_time_and_lets_go_of_the_network(eks, ec2, make_cluster, network, name):
    cluster = make_cluster(name, resourcesVpcConfig={"subnetIds": network.subnets})
    group = cluster["resourcesVpcConfig"]["clusterSecurityGroupId"]
    refused(ec2.delete_subnet, "DependencyViolation", SubnetId=network.subnets[0])

    assert eks.delete_cluster(name=name)["cluster"]["status"] == "DELETING"
    eventually(lambda: name not in eks.list_clusters()["clusters"])

    def interfaces():
        return ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [network.vpc]}])

    eventually(lambda: not interfaces()["NetworkInterfaces"])
    for subnet in network.subnets:
        ec2.delete_subnet(SubnetId=subnet)
    refused(ec2.describe_security_groups, "InvalidGroup.NotFound", GroupIds=[group])
    ec2.delete_vpc(VpcId=network.vpc)


def test_deletion_protection_refuses(eks, make_cluster, name):
    make_cluster(name, deletionProtection=True)
    refused(eks.delete_cluster, "InvalidRequestException", name=name)

    eks.update_cluster_config(name=name, deletionProtection=False)
    active(eks, name)
    eks.delete_cluster(name=name)


def test_a_version_moves_up_by_one_minor(eks, make_cluster, name):
    make_cluster(name, version="1.33")
    for version in ("1.35", "1.33", "1.32"):
        answer = refused(eks.update_cluster_version, "InvalidParameterException", name=name, version=version)
        assert answer["Error"]["Message"] == f"Unsupported Kubernetes minor version update from 1.33 to {version}"

    update = eks.update_cluster_version(name=name, version="1.34")["update"]
    assert (update["type"], update["status"]) == ("VersionUpdate", "InProgress")
    assert eks.describe_cluster(name=name)["cluster"]["status"] == "UPDATING"
    answer = refused(eks.update_cluster_version, "ResourceInUseException", name=name, version="1.34")
    assert f"currently has update {update['id']} in progress" in answer["Error"]["Message"]

    active(eks, name)
    assert eks.describe_cluster(name=name)["cluster"]["version"] == "1.34"
    assert eks.describe_update(name=name, updateId=update["id"])["update"]["status"] == "Successful"
    assert eks.list_updates(name=name)["updateIds"] == [update["id"]]


def test_the_endpoint_is_closed_and_opened(eks, make_cluster, name):
    make_cluster(name)
    eks.update_cluster_config(name=name, resourcesVpcConfig={"publicAccessCidrs": ["203.0.113.0/24"]})
    active(eks, name)
    config = eks.describe_cluster(name=name)["cluster"]["resourcesVpcConfig"]
    assert config["publicAccessCidrs"] == ["203.0.113.0/24"]

    change = {"endpointPublicAccess": False, "endpointPrivateAccess": True}
    assert eks.update_cluster_config(name=name, resourcesVpcConfig=change)["update"]["type"] == "EndpointAccessUpdate"
    active(eks, name)
    config = eks.describe_cluster(name=name)["cluster"]["resourcesVpcConfig"]
    assert (config["endpointPublicAccess"], config["endpointPrivateAccess"]) == (False, True)
    assert config["clusterSecurityGroupId"].startswith("sg-")

    answer = refused(eks.update_cluster_config, "InvalidParameterException", name=name, resourcesVpcConfig=change)
    assert answer["Error"]["Message"].startswith("Cluster is already at the desired configuration")


def test_logs_are_turned_on_by_type(eks, make_cluster, name):
    make_cluster(name)
    eks.update_cluster_config(name=name, logging={"clusterLogging": [{"types": ["api", "audit"], "enabled": True}]})
    active(eks, name)
    assert eks.describe_cluster(name=name)["cluster"]["logging"]["clusterLogging"] == [
        {"types": ["api", "audit"], "enabled": True},
        {"types": ["authenticator", "controllerManager", "scheduler"], "enabled": False},
    ]


def test_the_authentication_mode_moves_one_way(eks, make_cluster, name):
    make_cluster(name, accessConfig={"authenticationMode": "CONFIG_MAP"})
    refused(eks.list_access_entries, "InvalidRequestException", clusterName=name)

    eks.update_cluster_config(name=name, accessConfig={"authenticationMode": "API_AND_CONFIG_MAP"})
    active(eks, name)
    assert eks.list_access_entries(clusterName=name)["accessEntries"] == ["arn:aws:iam::123456789012:user/admin"]
    back = {"authenticationMode": "CONFIG_MAP"}
    refused(eks.update_cluster_config, "InvalidParameterException", name=name, accessConfig=back)


def test_encryption_is_associated_once(eks, make_cluster, client, name):
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    make_cluster(name)
    config = [{"resources": ["secrets"], "provider": {"keyArn": key}}]
    update = eks.associate_encryption_config(clusterName=name, encryptionConfig=config)["update"]
    assert update["type"] == "AssociateEncryptionConfig"
    active(eks, name)
    assert eks.describe_cluster(name=name)["cluster"]["encryptionConfig"] == config
    refused(eks.associate_encryption_config, "InvalidRequestException", clusterName=name, encryptionConfig=config)


def test_versions_tell_their_support(eks):
    versions = eks.describe_cluster_versions()["clusterVersions"]
    assert [v["clusterVersion"] for v in versions] == ["1.35", "1.34", "1.33", "1.32", "1.31"]
    assert [v["clusterVersion"] for v in versions if v["defaultVersion"]] == ["1.35"]
    assert all(v["endOfStandardSupportDate"] < v["endOfExtendedSupportDate"] for v in versions)


def test_lists_come_in_pages(eks, make_cluster, name):
    for letter in "ab":
        make_cluster(f"{name}{letter}")
    pages = list(eks.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": 1}))
    assert all(len(page["clusters"]) == 1 for page in pages)
    assert {f"{name}a", f"{name}b"} <= {page["clusters"][0] for page in pages}


def test_tags_are_put_and_taken(eks, cluster):
    arn = cluster["arn"]
    eks.tag_resource(resourceArn=arn, tags={"team": "a", "stage": "test"})
    assert eks.describe_cluster(name="shared")["cluster"]["tags"] == {"team": "a", "stage": "test"}
    eks.untag_resource(resourceArn=arn, tagKeys=["team", "stage"])
    assert eks.list_tags_for_resource(resourceArn=arn)["tags"] == {}
    refused(eks.list_tags_for_resource, "NotFoundException", resourceArn=arn + "x")


def test_a_cluster_uses_the_network_it_is_given(ec2, eks, make_cluster, name):
    network = Network(ec2)
    make_cluster(name, resourcesVpcConfig={"subnetIds": network.subnets})
    mine = [{"Name": "description", "Values": [f"Amazon EKS {name}"]}]
    found = ec2.describe_network_interfaces(Filters=mine)["NetworkInterfaces"]
    assert {interface["SubnetId"] for interface in found} == set(network.subnets)
    assert all(interface["RequesterManaged"] for interface in found)
    assert eks.list_insights(clusterName=name)["insights"] == []
