"""What the S3 backend makes of the answers of a server, in the words of S3's API reference."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from language.diagnostics import FreeholdError
from state.backends import s3_objects
from state.backends.s3_objects import Objects, Refused

exceptions = pytest.importorskip("botocore.exceptions")


class Server:
    """Answers each operation with the next of what it was told to; an error's code stands for the error."""

    def __init__(self, **answers):
        self.answers = {name: list(some) for name, some in answers.items()}
        self.asked = []

    def __getattr__(self, operation):
        if operation == "get_paginator":
            return lambda name: SimpleNamespace(paginate=lambda **arguments: [getattr(self, name)(**arguments)])

        def call(**arguments):
            self.asked.append((operation, arguments))
            answer = self.answers[operation].pop(0)
            if isinstance(answer, str):
                raise exceptions.ClientError({"Error": {"Code": answer, "Message": "refused"}}, operation)
            return answer

        return call


def objects(server):
    return Objects(server, "states", "shop", {"ACL": "private"})


def stored(data, etag):
    body = type("Body", (), {"read": lambda self: data})()
    modified = s3_objects.parsedate_to_datetime("Thu, 01 Jan 2026 00:00:00 GMT")
    headers = {"HTTPHeaders": {"date": "Thu, 01 Jan 2026 00:00:09 GMT"}}
    return {
        "ContentLength": len(data),
        "ResponseMetadata": headers,
        "Body": body,
        "ETag": etag,
        "LastModified": modified,
    }


@pytest.fixture(autouse=True)
def slept(monkeypatch):
    pauses = []
    monkeypatch.setattr(s3_objects.time, "sleep", pauses.append)
    return pauses


def test_an_object_is_given_with_its_age_by_the_servers_clock():
    found = objects(Server(get_object=[stored(b"x", "e1")])).get("shop")

    assert (found.data, found.etag, found.age) == (b"x", "e1", 9)


def test_without_the_servers_clock_the_age_is_by_ours():
    answer = {**stored(b"x", "e1"), "ResponseMetadata": {"HTTPHeaders": {}}}
    answer["LastModified"] = datetime.now(UTC) - timedelta(seconds=100)

    assert objects(Server(get_object=[answer])).get("shop").age == pytest.approx(100, abs=50)


def test_what_is_not_there_has_neither_content_nor_tag():
    assert objects(Server(get_object=["NoSuchKey"])).get("shop") is None
    for code in ("NoSuchKey", "404", "NotFound"):
        assert objects(Server(head_object=[code])).etag("shop") is None


@pytest.mark.parametrize("code", ["404", "NotFound", ""])
def test_a_404_that_is_not_of_s3_is_never_taken_for_absence(code):
    with pytest.raises(FreeholdError):
        objects(Server(get_object=[code])).get("shop")


@pytest.mark.parametrize("lacking", ["ETag", "LastModified", "ContentLength", "Body"])
def test_an_answer_that_lacks_something_is_an_error(lacking):
    answer = {name: value for name, value in stored(b"x", "e1").items() if name != lacking}

    with pytest.raises(FreeholdError, match="not an answer of S3"):
        objects(Server(get_object=[answer])).get("shop")


def test_neither_a_write_nor_a_tag_is_made_up():
    with pytest.raises(FreeholdError, match="not an answer of S3"):
        objects(Server(put_object=[{}])).put("shop", b"x", None)
    with pytest.raises(FreeholdError, match="not an answer of S3"):
        objects(Server(head_object=[{}])).etag("shop")


def test_a_page_of_something_else_is_no_empty_list():
    with pytest.raises(FreeholdError, match="not an answer of S3"):
        objects(Server(list_objects_v2=[{}])).names("shop.journal/")


def test_another_error_is_never_taken_for_absence():
    server = Server(get_object=["AccessDenied"], head_object=["AccessDenied"], put_object=["AccessDenied"])

    with pytest.raises(FreeholdError):
        objects(server).get("shop")
    with pytest.raises(FreeholdError):
        objects(server).etag("shop")
    with pytest.raises(FreeholdError):
        objects(server).put("shop", b"x", None)


def test_an_object_that_is_too_large_is_not_read():
    answer = {**stored(b"", "e"), "ContentLength": s3_objects.MAXIMUM_BYTES + 1}

    with pytest.raises(FreeholdError, match="too large"):
        objects(Server(get_object=[answer])).get("shop")


@pytest.mark.parametrize(("if_etag", "condition"), [(None, {"IfNoneMatch": "*"}), ("e1", {"IfMatch": "e1"})])
def test_a_write_is_conditional(if_etag, condition):
    server = Server(put_object=[{"ETag": "e2"}])

    assert objects(server).put("shop", b"x", if_etag) == "e2"
    assert server.asked == [
        ("put_object", {"Bucket": "states", "Key": "shop", "Body": b"x", "ACL": "private", **condition})
    ]


@pytest.mark.parametrize(
    ("refusals", "if_etag"),
    [
        (["PreconditionFailed"], None),
        (["412"], "e1"),
        (["NoSuchKey"], "e1"),
        (["ConditionalRequestConflict"] * 4, "e1"),
    ],
)
def test_a_write_that_was_refused_is_one_unless_its_very_bytes_are_there(refusals, if_etag):
    server = Server(put_object=refusals, get_object=[stored(b"another's", "e9")])
    with pytest.raises(Refused):
        objects(server).put("shop", b"x", if_etag)

    server = Server(put_object=refusals, get_object=["NoSuchKey"])
    with pytest.raises(Refused):
        objects(server).put("shop", b"x", if_etag)

    server = Server(put_object=refusals, get_object=[stored(b"x", "e9")])
    assert objects(server).put("shop", b"x", if_etag) == "e9"


def test_a_bucket_that_is_not_there_refuses_no_condition():
    with pytest.raises(FreeholdError):
        objects(Server(put_object=["NoSuchKey"])).put("shop", b"x", None)


def test_writes_that_conflict_are_sent_again_after_growing_pauses(slept):
    server = Server(put_object=["409", "ConditionalRequestConflict", "409", {"ETag": "e2"}])

    assert objects(server).put("shop", b"x", "e1") == "e2"
    assert slept == [0.1, 0.3, 1.0]


@pytest.mark.parametrize("code", ["PreconditionFailed", "412", "ConditionalRequestConflict", "409"])
def test_a_server_that_refuses_to_replace_honours_conditions(code):
    assert objects(Server(put_object=[code])).honours_conditions("shop", b"x")


def test_a_server_that_replaces_honours_none_and_one_that_fails_says_nothing_of_it():
    assert not objects(Server(put_object=[{"ETag": "e"}])).honours_conditions("shop", b"x")
    with pytest.raises(FreeholdError):
        objects(Server(put_object=["AccessDenied"])).honours_conditions("shop", b"x")


def test_many_are_deleted_a_thousand_at_a_time():
    server = Server(delete_objects=[{}, {}])

    objects(server).delete([f"k{index}" for index in range(1001)])

    sent = [[item["Key"] for item in arguments["Delete"]["Objects"]] for _, arguments in server.asked]
    assert sent == [[f"k{index}" for index in range(1000)], ["k1000"]]


def test_one_is_deleted_only_if_it_is_the_one_that_was_meant():
    server = Server(delete_object=[{}])
    objects(server).delete_if("shop.lock", "e1")
    assert server.asked == [("delete_object", {"Bucket": "states", "Key": "shop.lock", "IfMatch": "e1"})]

    for code in ("PreconditionFailed", "412", "ConditionalRequestConflict", "409"):
        with pytest.raises(Refused):
            objects(Server(delete_object=[code])).delete_if("shop.lock", "e1")
    with pytest.raises(FreeholdError):
        objects(Server(delete_object=["AccessDenied"])).delete_if("shop.lock", "e1")


@pytest.mark.parametrize("code", ["NotImplemented", "501"])
def test_a_server_that_cannot_delete_on_a_condition_deletes_without(code):
    server = Server(delete_object=[code, {}])

    objects(server).delete_if("shop.lock", "e1")

    assert server.asked[1] == ("delete_object", {"Bucket": "states", "Key": "shop.lock"})
