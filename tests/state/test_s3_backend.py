import itertools
import logging
import re
import threading

import pytest

from language.diagnostics import FreeholdError
from planner.prior.backends import opened_by
from state.backends.contract import LockInfo, LockLost, StaleWrite
from state.exchange import push
from state.recovery import MissingState
from state.snapshot import DamagedState, decode
from tests.state.conformance import NAMES, BackendConformance

botocore_session = pytest.importorskip("botocore.session")
moto_server = pytest.importorskip("moto.server")

KEYS = {"AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "us-east-1"}
_counter = itertools.count()


@pytest.fixture(scope="module")
def endpoint():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def client(endpoint):
    made = botocore_session.Session().create_client(
        "s3", "us-east-1", endpoint_url=endpoint, aws_access_key_id="AKIATEST", aws_secret_access_key="secret"
    )
    made.create_bucket(Bucket="states")
    return made


@pytest.fixture
def config():
    return {"bucket": "states", "key": f"stack-{next(_counter)}/production", "max_retries": 1}


@pytest.fixture
def fresh(client, endpoint, config, tmp_path):
    environment = {**KEYS, "AWS_ENDPOINT_URL_S3": endpoint}
    return lambda **more: opened_by("s3", {**config, **more}, tmp_path, environment)


class TestS3Backend(BackendConformance):
    ttl = 1
    outlives = 3.1


def test_the_objects_are_named_after_the_key(fresh, client, config):
    backend = fresh()
    token = backend.write(b"first", None)
    backend.append(NAMES[0], b"segment", token)
    backend.lock(LockInfo("id-1"), 60)

    listed = client.list_objects_v2(Bucket="states", Prefix=config["key"])["Contents"]

    key = config["key"]
    assert {item["Key"] for item in listed} == {key, f"{key}.journal/{NAMES[0]}", f"{key}.lock"}


def test_segments_of_an_older_snapshot_are_swept(fresh, client, config):
    backend = fresh()
    token = backend.write(b"first", None)
    backend.append(NAMES[0], b"segment", token)
    backend.write(b"second", token)

    assert "Contents" not in client.list_objects_v2(Bucket="states", Prefix=config["key"] + ".journal/")


def test_an_answer_that_was_lost_is_no_stale_write(fresh):
    backend = fresh()
    token = backend.write(b"first", None)

    assert backend.write(b"first", None) == token  # what the SDK does when it did not hear of the first


def test_a_segment_that_comes_after_the_next_snapshot_is_told(fresh):
    stale, other = fresh(), fresh()
    token = stale.write(b"first", None)
    other.write(b"second", token)

    with pytest.raises(StaleWrite):
        stale.append(NAMES[0], b"late", token)


def test_a_lock_that_was_removed_by_hand_is_lost(fresh, client, config):
    backend = fresh()
    backend.lock(LockInfo("id-1"), 60)
    client.delete_object(Bucket="states", Key=config["key"] + ".lock")

    with pytest.raises(LockLost):
        backend.renew("id-1", 60)


def test_a_snapshot_that_is_replaced_while_it_is_read_gives_one_or_the_other(fresh):
    writer, reader = fresh(), fresh()
    token = writer.write(b"0", None)
    stopped = threading.Event()
    seen = []

    def read():
        while not stopped.is_set():
            seen.append(reader.read())

    thread = threading.Thread(target=read)
    thread.start()
    for serial in range(1, 8):
        for sequence in range(2):
            writer.append(f"{serial:012d}-{sequence:08d}", b"%d" % (serial - 1), token)
        token = writer.write(b"%d" % serial, token)
    stopped.set()
    thread.join()

    for stored in seen:
        assert all(int(segment) <= int(stored.snapshot) for segment in stored.journal)


def test_encryption_is_asked_for(fresh, client, config):
    fresh(encrypt=True).write(b"x", None)

    assert client.head_object(Bucket="states", Key=config["key"])["ServerSideEncryption"] == "AES256"


def test_encryption_with_a_key_of_ones_own_is_asked_for(fresh, client, config):
    fresh(encrypt=True, kms_key_id="arn:aws:kms:us-east-1:123456789012:key/k").write(b"x", None)

    found = client.head_object(Bucket="states", Key=config["key"])
    assert found["ServerSideEncryption"] == "aws:kms"
    assert found["SSEKMSKeyId"] == "arn:aws:kms:us-east-1:123456789012:key/k"


@pytest.mark.parametrize(
    ("change", "summary", "advice"),
    [
        ({"bucket": "no-such-bucket"}, "bucket of the state does not exist", "create-bucket"),
        ({"endpoint": "http://127.0.0.1:1"}, "does not answer", "AWS_ENDPOINT_URL"),
        ({"profile": "no-such-profile"}, "profile for the state does not exist", "list-profiles"),
        ({"bucket": "Not A Bucket"}, "not well configured", "backend block"),
    ],
)
def test_what_is_refused_says_what_to_do(fresh, change, summary, advice):
    with pytest.raises(FreeholdError) as refused:
        fresh(**change).read()

    (diagnostic,) = refused.value.diagnostics
    assert summary in diagnostic.summary
    assert advice in diagnostic.advice
    assert "secret" not in str(refused.value)


def test_without_credentials_it_says_so(client, endpoint, config, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    backend = opened_by("s3", config, tmp_path, {"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": "eu-west-1"})

    with pytest.raises(FreeholdError, match="credentials"):
        backend.read()


def test_a_server_that_ignores_conditions_is_not_trusted(fresh, client, config):
    backend = fresh()

    def without_condition(params, **_):
        params["headers"].pop("If-None-Match", None)

    backend._objects._client.meta.events.register("before-call.s3.PutObject", without_condition)

    with pytest.raises(FreeholdError, match="conditions"):
        backend.lock(LockInfo("id-1"), 60)
    assert "Contents" not in client.list_objects_v2(Bucket="states", Prefix=config["key"])


def test_a_role_is_assumed_for_the_bucket(fresh, endpoint):
    role = {"role_arn": "arn:aws:iam::123456789012:role/state", "session_name": "freehold"}

    backend = fresh(assume_role=role, endpoints={"s3": endpoint, "sts": endpoint})

    backend.write(b"first", None)
    assert fresh().read().snapshot == b"first"


def test_a_state_that_was_removed_from_a_bucket_with_versions_is_missing_and_put_back(
    fresh, client, config, manager_on, resource, tmp_path
):
    client.put_bucket_versioning(Bucket="states", VersioningConfiguration={"Status": "Enabled"})
    manager = manager_on(fresh())
    manager.open()
    manager.put(resource("terraform_data.a"))
    manager.checkpoint()
    manager.close()
    written = client.get_object(Bucket="states", Key=config["key"])
    data = written["Body"].read()
    client.delete_object(Bucket="states", Key=config["key"])

    with pytest.raises(MissingState) as refused:
        manager_on(fresh()).open()

    (diagnostic,) = refused.value.diagnostics
    newest = f"version {written['VersionId']} of s3://states/{config['key']}: serial {decode(data).serial}, written 20"
    assert newest in diagnostic.detail
    assert f"--version-id {written['VersionId']} restored.state" in diagnostic.advice
    assert "freehold state push restored.state" in diagnostic.advice
    assert push(manager, data, "restored.state")
    assert set(manager_on(fresh()).open().snapshot.resources) == {"terraform_data.a"}


def test_a_damaged_state_names_the_versions_before_it(fresh, client, config, manager_on, resource):
    client.put_bucket_versioning(Bucket="states", VersioningConfiguration={"Status": "Enabled"})
    manager = manager_on(fresh())
    for serial in (1, 2):
        manager.open()
        manager.put(resource(f"terraform_data.a{serial}"))
        manager.checkpoint()
    manager.close()
    client.put_object(Bucket="states", Key=config["key"], Body=b"{}")

    with pytest.raises(DamagedState) as refused:
        manager_on(fresh()).open()

    (diagnostic,) = refused.value.diagnostics
    serials = [int(found) for found in re.findall(r"serial ([0-9]+), written", diagnostic.detail)]
    assert serials[:2] == sorted(serials[:2], reverse=True)
    assert set(serials) > {1}
    assert f"remove s3://states/{config['key']} with all its versions" in diagnostic.advice


def test_a_state_that_held_nothing_when_it_was_removed_is_a_new_one(fresh, client, config, manager_on):
    client.put_bucket_versioning(Bucket="states", VersioningConfiguration={"Status": "Enabled"})
    manager = manager_on(fresh())
    manager.open()
    manager.outputs({})
    manager.checkpoint()
    manager.close()
    client.delete_object(Bucket="states", Key=config["key"])

    assert manager_on(fresh()).open().fresh
