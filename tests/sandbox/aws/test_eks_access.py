"""Who may enter a cluster: access entries and policies, and what the API server lets their tokens do."""

from __future__ import annotations

import pytest

from tests.sandbox.aws.cluster_client import ask, bearer
from tests.sandbox.support import refused

ADMIN = "arn:aws:iam::123456789012:user/admin"
POLICY = "arn:aws:eks::aws:cluster-access-policy/"


@pytest.fixture
def user(client, name):
    """A user of IAM with keys, and no rights in any cluster."""
    iam = client("iam")
    arn = iam.create_user(UserName=name)["User"]["Arn"]
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return arn, {"access_key": key["AccessKeyId"], "secret_key": key["SecretAccessKey"]}


def test_the_creator_is_let_in(eks, client, cluster):
    entry = eks.describe_access_entry(clusterName="shared", principalArn=ADMIN)["accessEntry"]
    assert entry["username"] == ADMIN
    policies = eks.list_associated_access_policies(clusterName="shared", principalArn=ADMIN)
    assert [p["policyArn"] for p in policies["associatedAccessPolicies"]] == [POLICY + "AmazonEKSClusterAdminPolicy"]

    status, found = ask(cluster, bearer(client, "shared"), "/api/v1/namespaces")
    assert status == 200
    assert {"default", "kube-system"} <= {n["metadata"]["name"] for n in found["items"]}


def test_who_has_no_entry_stays_out(client, cluster, user):
    _, keys = user
    assert ask(cluster, bearer(client, "shared", **keys), "/api/v1/namespaces")[0] == 401
    assert ask(cluster, bearer(client, "another"), "/api/v1/namespaces")[0] == 401
    assert ask(cluster, "k8s-aws-v1.nonsense", "/api/v1/namespaces")[0] == 401


def test_an_entry_alone_allows_nothing_and_a_policy_does(eks, client, cluster, user):
    arn, keys = user
    eks.create_access_entry(clusterName="shared", principalArn=arn)
    token = bearer(client, "shared", **keys)
    assert ask(cluster, token, "/api/v1/namespaces/default/configmaps")[0] == 403

    scope = {"type": "namespace", "namespaces": ["default"]}
    where = {"clusterName": "shared", "principalArn": arn, "policyArn": POLICY + "AmazonEKSViewPolicy"}
    eks.associate_access_policy(**where, accessScope=scope)
    assert ask(cluster, token, "/api/v1/namespaces/default/configmaps")[0] == 200
    assert ask(cluster, token, "/api/v1/namespaces/default/secrets")[0] == 403
    assert ask(cluster, token, "/api/v1/namespaces/kube-system/configmaps")[0] == 403
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}
    assert ask(cluster, token, "/api/v1/namespaces/default/configmaps", "POST", body)[0] == 403

    eks.associate_access_policy(**{**where, "policyArn": POLICY + "AmazonEKSEditPolicy"}, accessScope=scope)
    assert ask(cluster, token, "/api/v1/namespaces/default/configmaps", "POST", body)[0] == 201

    eks.delete_access_entry(clusterName="shared", principalArn=arn)
    assert ask(cluster, token, "/api/v1/namespaces/default/configmaps")[0] == 401


def test_a_role_enters_by_its_entry(eks, client, cluster, roles):
    eks.create_access_entry(clusterName="shared", principalArn=roles["pods"])
    eks.associate_access_policy(
        clusterName="shared",
        principalArn=roles["pods"],
        policyArn=POLICY + "AmazonEKSClusterAdminPolicy",
        accessScope={"type": "cluster"},
    )
    session = client("sts").assume_role(RoleArn=roles["pods"], RoleSessionName="ci")["Credentials"]
    keys = {"access_key": session["AccessKeyId"], "secret_key": session["SecretAccessKey"]}
    token = bearer(client, "shared", **keys, token=session["SessionToken"])
    assert ask(cluster, token, "/api/v1/nodes")[0] == 200
    eks.delete_access_entry(clusterName="shared", principalArn=roles["pods"])


def test_entries_are_changed_and_listed_by_policy(eks, cluster, user):
    arn, _ = user
    where = {"clusterName": "shared", "principalArn": arn}
    made = eks.create_access_entry(**where, kubernetesGroups=["team"], tags={"a": "b"})["accessEntry"]
    assert (made["type"], made["username"], made["kubernetesGroups"]) == ("STANDARD", arn, ["team"])
    assert refused(eks.create_access_entry, "ResourceInUseException", **where)["Error"]["Message"] == (
        "The specified access entry resource is already in use on this cluster."
    )

    changed = eks.update_access_entry(**where, kubernetesGroups=["other"])["accessEntry"]
    assert changed["kubernetesGroups"] == ["other"]
    assert changed["modifiedAt"] > made["modifiedAt"]

    policy = POLICY + "AmazonEKSAdminPolicy"
    eks.associate_access_policy(**where, policyArn=policy, accessScope={"type": "cluster"})
    assert eks.list_access_entries(clusterName="shared", associatedPolicyArn=policy)["accessEntries"] == [arn]
    eks.disassociate_access_policy(**where, policyArn=policy)
    refused(eks.disassociate_access_policy, "ResourceNotFoundException", **where, policyArn=policy)
    eks.delete_access_entry(**where)
    refused(eks.describe_access_entry, "ResourceNotFoundException", **where)


def test_what_cannot_be_an_entry_is_refused(eks, cluster, user):
    arn, _ = user
    where = {"clusterName": "shared", "principalArn": arn}
    refused(eks.create_access_entry, "InvalidParameterException", **where, kubernetesGroups=["system:masters"])
    refused(eks.create_access_entry, "InvalidParameterException", **where, type="EC2_LINUX", username="x")
    refused(eks.create_access_entry, "InvalidParameterException", clusterName="shared", principalArn="arn:aws:s3:::b")
    names = {policy["name"] for policy in eks.list_access_policies()["accessPolicies"]}
    assert {"AmazonEKSClusterAdminPolicy", "AmazonEKSViewPolicy"} <= names
