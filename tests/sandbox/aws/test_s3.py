"""S3's conditional requests, on which a state's only writer stands.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
"""

from __future__ import annotations

import threading

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.support import refused


@pytest.fixture
def bucket(client, name):
    """A bucket of this test's own, and a client."""
    s3 = client("s3")
    s3.create_bucket(Bucket=name + "-state", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return s3, name + "-state"


def test_a_key_is_created_once(bucket):
    s3, where = bucket
    s3.put_object(Bucket=where, Key="k", Body=b"1", IfNoneMatch="*")
    answer = refused(s3.put_object, "PreconditionFailed", Bucket=where, Key="k", Body=b"2", IfNoneMatch="*")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert s3.get_object(Bucket=where, Key="k")["Body"].read() == b"1"


def test_a_key_is_replaced_only_as_it_was_seen(bucket):
    s3, where = bucket
    first = s3.put_object(Bucket=where, Key="k", Body=b"1")["ETag"]
    second = s3.put_object(Bucket=where, Key="k", Body=b"2", IfMatch=first)["ETag"]
    assert second != first
    refused(s3.put_object, "PreconditionFailed", Bucket=where, Key="k", Body=b"3", IfMatch=first)
    assert s3.get_object(Bucket=where, Key="k")["Body"].read() == b"2"
    answer = refused(s3.put_object, "NoSuchKey", Bucket=where, Key="none", Body=b"3", IfMatch=first)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_key_is_deleted_only_as_it_was_seen(bucket):
    s3, where = bucket
    first = s3.put_object(Bucket=where, Key="k", Body=b"1")["ETag"]
    second = s3.put_object(Bucket=where, Key="k", Body=b"2")["ETag"]
    refused(s3.delete_object, "PreconditionFailed", Bucket=where, Key="k", IfMatch=first)
    s3.delete_object(Bucket=where, Key="k", IfMatch=second)
    refused(s3.get_object, "NoSuchKey", Bucket=where, Key="k")


def test_one_of_many_writers_wins(bucket, client):
    _, where = bucket
    results = []

    def write(number):
        try:
            client("s3").put_object(Bucket=where, Key="k", Body=b"%d" % number, IfNoneMatch="*")
            results.append("won")
        except ClientError as error:
            results.append(error.response["Error"]["Code"])

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("won") == 1
    assert set(results) <= {"won", "PreconditionFailed", "ConditionalRequestConflict"}


def test_large_objects_and_odd_keys_come_back(bucket):
    s3, where = bucket
    body = bytes(range(256)) * 4096
    for key in ("a b/ü+?&=#.bin", "shop/production"):
        s3.put_object(Bucket=where, Key=key, Body=body, Metadata={"lineage": "x"})
        got = s3.get_object(Bucket=where, Key=key)
        assert got["Body"].read() == body
        assert got["Metadata"] == {"lineage": "x"}
    keys = {item["Key"] for item in s3.list_objects_v2(Bucket=where)["Contents"]}
    assert keys == {"a b/ü+?&=#.bin", "shop/production"}


def test_versions_are_kept_where_they_are_asked_for(bucket):
    s3, where = bucket
    s3.put_bucket_versioning(Bucket=where, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"1", b"2"):
        s3.put_object(Bucket=where, Key="k", Body=body)
    versions = s3.list_object_versions(Bucket=where)["Versions"]
    assert [version["IsLatest"] for version in versions] == [True, False]
