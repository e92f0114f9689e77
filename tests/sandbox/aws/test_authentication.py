"""Signatures: every service lets in who signs with the secret of a key, and nobody else."""

from __future__ import annotations

import pytest
import urllib3
from botocore.exceptions import ClientError

CALLS = {
    "ec2": ("describe_vpcs", {"Filters": [{"Name": "tag:a b", "Values": ["ü/+&=~*"]}]}, "AuthFailure", "AuthFailure"),
    "iam": ("list_roles", {"PathPrefix": "/a/"}, "InvalidClientTokenId", "SignatureDoesNotMatch"),
    "sts": ("get_caller_identity", {}, "InvalidClientTokenId", "SignatureDoesNotMatch"),
    "s3": ("list_buckets", {}, "InvalidAccessKeyId", "SignatureDoesNotMatch"),
    "kms": ("list_keys", {"Limit": 1}, "UnrecognizedClientException", "InvalidSignatureException"),
    "eks": ("list_clusters", {"maxResults": 1}, "UnrecognizedClientException", "InvalidSignatureException"),
}


@pytest.mark.parametrize("service", CALLS)
def test_only_the_secret_of_a_known_key_opens_a_service(client, service):
    operation, arguments, unknown_key, wrong_secret = CALLS[service]
    assert getattr(client(service), operation)(**arguments)

    for keys, code in (({"access_key": "AKIAQQQQQQQQQQQQQQQQ"}, unknown_key), ({"secret_key": "wrong"}, wrong_secret)):
        with pytest.raises(ClientError) as caught:
            getattr(client(service, **keys), operation)(**arguments)
        assert caught.value.response["Error"]["Code"] == code


@pytest.mark.parametrize("service", CALLS)
def test_a_session_needs_its_token(client, roles, service):
    operation, arguments, unknown_key, _ = CALLS[service]
    session = client("sts").assume_role(RoleArn=roles["ec2"], RoleSessionName="session")["Credentials"]
    keys = {"access_key": session["AccessKeyId"], "secret_key": session["SecretAccessKey"]}
    assert getattr(client(service, **keys, token=session["SessionToken"]), operation)(**arguments)

    for token in (None, "another"):
        with pytest.raises(ClientError) as caught:
            getattr(client(service, **keys, token=token), operation)(**arguments)
        assert caught.value.response["Error"]["Code"] == unknown_key


def test_arns_in_paths_and_queries_are_signed_as_sent(client, eks, cluster):
    arn = "arn:aws:iam::123456789012:user/path with space/é"
    with pytest.raises(ClientError) as caught:
        eks.describe_access_entry(clusterName="shared", principalArn=arn)
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
    assert arn in caught.value.response["Error"]["Message"]


@pytest.mark.parametrize("key", ["a", "a b", "a+b", "ü/é", "a//b", "x~y", "q?r=s&t", "%41", "a/.b", "(x)*'!"])
def test_objects_of_any_name_are_signed_and_presigned(client, key):
    s3 = client("s3")
    if "signed" not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket="signed", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket="signed", Key=key, Body=b"body", Metadata={"under_score": "1", "dash-ed": "two  spaces"})
    assert s3.get_object(Bucket="signed", Key=key)["Body"].read() == b"body"
    s3.put_object_tagging(Bucket="signed", Key=key, Tagging={"TagSet": [{"Key": "a", "Value": "b c"}]})

    signed = client("s3", signature_version="s3v4", s3={"addressing_style": "path"})
    url = signed.generate_presigned_url("get_object", Params={"Bucket": "signed", "Key": key})
    assert urllib3.request("GET", url).data == b"body"
    refused = urllib3.request("GET", url[:-1] + ("0" if url[-1] != "0" else "1"))
    assert (refused.status, b"SignatureDoesNotMatch" in refused.data) == (403, True)
