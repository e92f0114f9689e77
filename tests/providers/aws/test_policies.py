"""`aws_iam_policy_document`: what it writes, against what Terraform's AWS provider writes (its acceptance tests)."""

from __future__ import annotations

import json

import pytest

from planner.evaluation.decode import conform
from providers.aws import provider
from providers.contract.errors import Invalid

KIND = provider.data_kinds["aws_iam_policy_document"]


def read(*statements, **config):
    blocks = [conform(each, KIND.schema.blocks["statement"].schema) for each in statements]
    return KIND.read(None, conform({**config, "statement": tuple(blocks)}, KIND.schema))


def document(*statements, **config):
    return read(*statements, **config)["json"]


def principals(type_, *identifiers):
    return ({"type": type_, "identifiers": identifiers},)


def test_it_is_written_as_terraform_writes_it():
    text = document(
        {
            "sid": "1",
            "actions": ("s3:ListAllMyBuckets", "s3:GetBucketLocation"),
            "resources": ("arn:aws:s3:::*",),
        },
        {
            "actions": ("s3:ListBucket",),
            "resources": ("arn:aws:s3:::foo",),
            "condition": (
                {"test": "StringLike", "variable": "s3:prefix", "values": ("home/", "", "home/&{aws:username}/")},
            ),
            "not_principals": principals("AWS", "arn:blahblah:example"),
        },
        {
            "actions": ("s3:*",),
            "resources": ("arn:aws:s3:::foo/home/&{aws:username}", "arn:aws:s3:::foo/home/&{aws:username}/*"),
            "principals": principals("AWS", "arn:blahblah:example", "arn:blahblahblah:example"),
        },
        {"effect": "Deny", "not_actions": ("s3:*",), "not_resources": ("arn:aws:s3:::*",)},
        {"actions": ("kinesis:*",), "principals": principals("AWS", "*")},
        {"actions": ("firehose:*",), "principals": principals("*", "*")},
        policy_id="policy_id",
    )

    assert (
        text
        == """{
  "Version": "2012-10-17",
  "Id": "policy_id",
  "Statement": [
    {
      "Sid": "1",
      "Effect": "Allow",
      "Action": [
        "s3:ListAllMyBuckets",
        "s3:GetBucketLocation"
      ],
      "Resource": "arn:aws:s3:::*"
    },
    {
      "Effect": "Allow",
      "Action": "s3:ListBucket",
      "Resource": "arn:aws:s3:::foo",
      "NotPrincipal": {
        "AWS": "arn:blahblah:example"
      },
      "Condition": {
        "StringLike": {
          "s3:prefix": [
            "home/",
            "",
            "home/${aws:username}/"
          ]
        }
      }
    },
    {
      "Effect": "Allow",
      "Action": "s3:*",
      "Resource": [
        "arn:aws:s3:::foo/home/${aws:username}/*",
        "arn:aws:s3:::foo/home/${aws:username}"
      ],
      "Principal": {
        "AWS": [
          "arn:blahblahblah:example",
          "arn:blahblah:example"
        ]
      }
    },
    {
      "Effect": "Deny",
      "NotAction": "s3:*",
      "NotResource": "arn:aws:s3:::*"
    },
    {
      "Effect": "Allow",
      "Action": "kinesis:*",
      "Principal": {
        "AWS": "*"
      }
    },
    {
      "Effect": "Allow",
      "Action": "firehose:*",
      "Principal": "*"
    }
  ]
}"""
    )


def test_without_a_statement_it_is_a_version():
    assert read()["json"] == '{\n  "Version": "2012-10-17"\n}'
    assert read()["minified_json"] == '{"Version":"2012-10-17"}'
    assert read()["id"].isdigit()


def test_go_escapes_what_could_be_html():
    assert '"a\\u003cb\\u003e\\u0026é"' in document({"actions": ("a<b>&é",)})


def test_sources_come_first_and_their_statements_are_replaced_by_name():
    source = json.dumps(
        {
            "Version": "2008-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": ["b", "a"], "Principal": {"Service": ["y", "x"]}},
                {"Sid": "same", "Effect": "Allow", "Action": "bar:One"},
            ],
        }
    )

    merged = json.loads(
        document({"sid": "same", "effect": "Deny", "actions": ("bar:Two",)}, source_policy_documents=(source, ""))
    )

    assert merged == {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["b", "a"], "Principal": {"Service": ["y", "x"]}},
            {"Sid": "same", "Effect": "Deny", "Action": "bar:Two"},
        ],
    }


def test_overrides_come_last():
    a, b, c = (
        document({"actions": ("foo:One",)}, {"sid": "over", "actions": ("bar:One",)}),
        document({"sid": "valid", "effect": "Deny", "actions": ("foo:Two",)}),
        document({"sid": "over", "effect": "Deny", "actions": ("bar:One",)}),
    )

    statements = json.loads(document(override_policy_documents=(a, b, c)))["Statement"]

    assert statements == [
        {"Effect": "Allow", "Action": "foo:One"},
        {"Sid": "over", "Effect": "Deny", "Action": "bar:One"},
        {"Sid": "valid", "Effect": "Deny", "Action": "foo:Two"},
    ]


def test_conditions_of_one_variable_are_put_together_and_sorted_by_name():
    source = '{"statement": {"Condition": 1}}'
    statement = {
        "actions": ("a",),
        "condition": (
            {"test": "StringLike", "variable": "v", "values": ("1",)},
            {"test": "Bool", "variable": "w", "values": ("true",)},
            {"test": "Bool", "variable": "a", "values": ("false",)},
        ),
    }
    read_in = '{"Statement":[{"Condition":{"Bool":{"aws:SecureTransport":false,"x":["1"]}}}]}'

    made = json.loads(document(statement, source_policy_documents=(read_in,)))["Statement"]

    assert list(made[1]["Condition"]) == ["Bool", "StringLike"]
    assert made[1]["Condition"]["Bool"] == {"a": "false", "w": "true"}
    assert made[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false", "x": "1"}}
    with pytest.raises(Invalid):
        document(source_policy_documents=(source,))


@pytest.mark.parametrize(
    ("statements", "config", "told"),
    [
        ([{"sid": "a"}, {"sid": "a"}], {}, 'two statements "a"'),
        ([{"resources": ("&{aws:username}",)}], {"version": "2008-10-17"}, "has a variable"),
        ([], {"source_policy_documents": ("{",)}, "no policy in JSON"),
        ([], {"override_policy_documents": ("[]",)}, "[] is no object"),
        (
            [],
            {"override_policy_documents": ('{"Statement":[{"Principal":{"AWS":[1]}}]}',)},
            "something else than texts",
        ),
        ([], {"source_policy_documents": ('{"Statement":[{"Sid":"x"},{"Sid":"x"}]}',)}, 'two statements "x"'),
    ],
)
def test_what_cannot_be_a_policy_is_refused(statements, config, told):
    with pytest.raises(Invalid) as refused:
        document(*statements, **config)

    assert told in refused.value.detail


def test_what_can_be_told_offline_is():
    schema = KIND.schema.blocks["statement"].schema
    blocks = tuple(conform(each, schema) for each in ({"effect": "allow"}, {"sid": "a-b"}))

    wrong = KIND.validate(conform({"version": "2013", "statement": blocks}, KIND.schema))

    assert [path for path, _ in wrong] == [("version",), ("statement", 0, "effect"), ("statement", 1, "sid")]
