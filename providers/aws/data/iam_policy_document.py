"""`aws_iam_policy_document`: a policy as JSON, made here without a call, as Terraform's provider writes it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from language.overriding import override
from language.schema import NestedBlock, Schema, computed, optional, required
from language.types import STRING, List, Set
from providers.aws.client import AwsClient
from providers.aws.kind import shaped
from providers.aws.policies import Policy, Statement, parsed
from providers.contract import DataKind, ValuePath, Values
from providers.contract.errors import Invalid

_VERSIONS = ("2012-10-17", "2008-10-17")
_EFFECTS = ("Allow", "Deny")
_SID = re.compile(r"[a-zA-Z0-9]*")
_PRINCIPALS = NestedBlock(
    Schema(
        {
            "type": required(STRING, description='Such as "AWS", "Service" or "Federated".'),
            "identifiers": required(Set(STRING), description="ARNs, accounts or names of services."),
        }
    ),
    "set",
)
_CONDITION = NestedBlock(
    Schema(
        {
            "test": required(STRING, description='Such as "StringEquals".'),
            "variable": required(STRING, description="What is compared."),
            "values": required(List(STRING), description="What it is compared with; any will do."),
        }
    ),
    "set",
)
_STATEMENT = NestedBlock(
    Schema(
        {
            "sid": optional(STRING, description="Its name in the document."),
            "effect": optional(STRING, default="Allow", description='"Allow" or "Deny".'),
            "actions": optional(Set(STRING)),
            "not_actions": optional(Set(STRING)),
            "resources": optional(Set(STRING)),
            "not_resources": optional(Set(STRING)),
        },
        {"principals": _PRINCIPALS, "not_principals": _PRINCIPALS, "condition": _CONDITION},
    )
)


class IamPolicyDocument(DataKind[AwsClient]):
    """Statements of its own, on top of those of sources, under those of overrides; a later one of a name replaces."""

    type = "aws_iam_policy_document"
    schema = Schema(
        {
            "id": computed(STRING),
            "version": optional(STRING, default=_VERSIONS[0], description="Of the policy language."),
            "policy_id": optional(STRING),
            "source_policy_documents": optional(List(STRING), description="Policies to begin with, as JSON."),
            "override_policy_documents": optional(List(STRING), description="Policies that come last, as JSON."),
            "json": computed(STRING, description="The policy."),
            "minified_json": computed(STRING, description="The policy in one line."),
        },
        {"statement": _STATEMENT},
    )

    @override
    def validate(self, config: Values) -> Sequence[tuple[ValuePath, str]]:
        return tuple(_wrong(config))

    @override
    def read(self, client: AwsClient, config: Values) -> Values:
        merged = Policy()
        names: set[str] = set()
        for source in config["source_policy_documents"] or ():
            if source:
                policy = parsed(source)
                _check_names(policy.statements, names)
                merged.merge(policy)
        merged.merge(_own(config))
        for overriding in config["override_policy_documents"] or ():
            if overriding:
                merged.merge(parsed(overriding))
        text = merged.to_json(indent=2)
        made = {"id": str(zlib.crc32(text.encode())), "json": text, "minified_json": merged.to_json()}
        return shaped(self.schema, made, config)


def _own(config: Values) -> Policy:
    """The document that the configuration's statements are."""
    version = config["version"] or _VERSIONS[0]
    statements = [_statement(block, version) for block in config["statement"] or ()]
    _check_names(statements, set())
    return Policy(version, config["policy_id"] or "", statements)


def _statement(block: Values, version: str) -> Statement:
    return Statement(
        sid=block["sid"] or "",
        effect=block["effect"] or "",
        actions=_some(block["actions"]),
        not_actions=_some(block["not_actions"]),
        resources=_variables(_some(block["resources"]), version),
        not_resources=_variables(_some(block["not_resources"]), version),
        principals=_principals(block["principals"], version),
        not_principals=_principals(block["not_principals"], version),
        conditions=[
            (each["test"], each["variable"], _variables([text or "" for text in each["values"]], version))
            for each in block["condition"] or ()
        ],
    )


def _some(values: Any) -> Any:
    """One text for itself, more as a list from the last to the first, nothing for none."""
    found = sorted(values or (), reverse=True)
    return found[0] if len(found) == 1 else found or None


def _principals(blocks: Any, version: str) -> list[tuple[str, Any]]:
    found = sorted(blocks or (), key=lambda each: (each["type"], sorted(each["identifiers"])))
    return [(each["type"], _variables(_some(each["identifiers"]) or [], version)) for each in found]


def _variables(values: Any, version: str) -> Any:
    """`&{aws:username}` as the policy language has it: the other form would be a template's here."""
    if isinstance(values, list):
        return [_variables(each, version) for each in values]
    if values and "&{" in values and version == "2008-10-17":
        detail = f'"{values}" has a variable, which policies of version 2008-10-17 do not know.'
        raise Invalid("Variable in an old policy", detail, advice=f'Set version = "{_VERSIONS[0]}".')
    return values and values.replace("&{", "${")


def _check_names(statements: Sequence[Statement], names: set[str]) -> None:
    for statement in statements:
        if statement.sid and statement.sid in names:
            detail = f'There are two statements "{statement.sid}", of which one would be lost.'
            raise Invalid("Duplicate statement", detail, advice="Take the sid off, or give them different ones.")
        names.add(statement.sid)


def _wrong(config: Values) -> Iterator[tuple[ValuePath, str]]:
    version, statements = config["version"], config["statement"]
    if isinstance(version, str) and version not in _VERSIONS:
        yield ("version",), f"it is one of {', '.join(_VERSIONS)}"
    for index, block in enumerate(statements if isinstance(statements, tuple) else ()):
        effect, sid = block["effect"], block["sid"]
        if isinstance(effect, str) and effect not in _EFFECTS:
            yield ("statement", index, "effect"), f"it is one of {', '.join(_EFFECTS)}"
        if isinstance(sid, str) and not _SID.fullmatch(sid):
            yield ("statement", index, "sid"), "it may have letters and digits only"


KIND = IamPolicyDocument()
