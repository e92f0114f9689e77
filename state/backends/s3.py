"""A state in a bucket: the snapshot under its key, segments as objects under `KEY.journal/`, the lock at `KEY.lock`.

Everything is written on conditions (If-Match, If-None-Match), so that two writers collide instead of overwriting. A
segment's object is created once; that the snapshot is still the one it builds upon is asked after that, because only
then no snapshot can come between unnoticed: before the next one its writer takes the last name of the journal.
"""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from language.diagnostics import FreeholdError, error
from language.overriding import override
from language.schema import Schema, optional, required
from language.types import BOOL, STRING
from state.backends.contract import Backend, Copy, Locked, LockInfo, LockLost, Remains, StaleWrite, Stored
from state.backends.s3_client import CLIENT_ATTRIBUTES, new_client
from state.backends.s3_errors import without_conditions
from state.backends.s3_objects import Objects, Refused, Version

SCHEMA = Schema(
    {
        "bucket": required(STRING, description="The bucket that holds the state."),
        "key": required(STRING, description="The name of the state in the bucket."),
        "encrypt": optional(BOOL, description="Have S3 encrypt the state; with kms_key_id under that key."),
        "kms_key_id": optional(STRING, description="The ARN of the KMS key to encrypt with."),
        "acl": optional(STRING, description="A canned ACL for the objects."),
        **CLIENT_ATTRIBUTES,
    }
)

_TRIES = 5
_PARALLEL_READS = 8
_CLOCK_GRAIN = 1.0  # seconds: S3 tells times without fractions


def open_backend(config: Mapping[str, Any], directory: Path, environment: Mapping[str, str]) -> Backend:
    """The backend of a decoded configuration."""
    bucket, key = config["bucket"], config["key"]
    if not bucket or not key:
        raise FreeholdError([error("Incomplete backend", "Neither the bucket nor the key of the state may be empty.")])
    if key.startswith("/") or key.endswith("/"):
        raise FreeholdError([error("Invalid key of the state", f'"{key}" may neither begin nor end with a slash.')])
    client = new_client(config, environment, bucket, key)
    custom = config["endpoint"] or (config["endpoints"] or {}).get("s3")
    identity = f"s3://{bucket}/{key}" + (f" at {custom}" if custom else "")
    return S3Backend(Objects(client, bucket, key, _extra(config)), identity, bucket, key)


def _extra(config: Mapping[str, Any]) -> dict[str, Any]:
    extra = {"ContentType": "application/json"}
    if config["kms_key_id"]:
        extra |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": config["kms_key_id"]}
    elif config["encrypt"]:
        extra["ServerSideEncryption"] = "AES256"
    if config["acl"]:
        extra["ACL"] = config["acl"]
    return extra


class S3Backend(Backend):
    """The backend `s3`."""

    def __init__(self, objects: Objects, identity: str, bucket: str, key: str) -> None:
        self.identity = identity
        self._objects = objects
        self._bucket, self._key = bucket, key
        self._prefix, self._lock = f"{key}.journal/", f"{key}.lock"
        self._lock_etag = ""
        self._lock_body = b""

    @override
    def read(self) -> Stored:
        for _ in range(_TRIES):
            # in this order: what is replaced in between took these very segments into itself
            names = self._objects.names(self._prefix)
            snapshot = self._objects.get(self._key)
            journal = self._segments(names)
            if journal is None:
                continue
            if snapshot is None:
                return Stored(None, journal, None)
            return Stored(snapshot.data, journal, snapshot.etag)
        detail = f"{self.identity} changed {_TRIES} times while it was read."
        raise FreeholdError([error("The state changes all the time", detail, advice="Let the other run finish.")])

    def _segments(self, names: list[str]) -> tuple[bytes, ...] | None:
        """The objects of these names; None when one is gone, since a snapshot has taken it in."""
        if len(names) < 2:
            found = [self._objects.get(name) for name in names]
        else:
            with ThreadPoolExecutor(_PARALLEL_READS) as pool:
                found = list(pool.map(self._objects.get, names))
        segments = tuple(item.data for item in found if item is not None)
        return segments if len(segments) == len(names) else None

    @override
    def remains(self) -> Remains:
        journal = self._objects.names(self._prefix)
        versions = self._objects.versions(self._key)
        uri = f"s3://{self._bucket}/{self._key}"
        anew = [f"`aws s3 rm --recursive {shlex.quote(uri + '.journal/')}`"] if journal else []
        anew.append(f"remove {uri} with all its versions" if versions else f"`aws s3 rm {shlex.quote(uri)}`")
        copies = tuple(self._copy(each) for each in versions)
        return Remains(copies, tuple(f"s3://{self._bucket}/{name}" for name in journal), " and ".join(anew))

    def _copy(self, version: Version) -> Copy:
        get = ["aws", "s3api", "get-object", "--bucket", self._bucket, "--key", self._key, "--version-id", version.id]
        restore = f"{shlex.join(get)} restored.state && freehold state push restored.state"
        return Copy(f"version {version.id} of s3://{self._bucket}/{self._key}", version.written, restore, version.data)

    @override
    def write(self, data: bytes, if_token: str | None, earlier: bytes | None = None) -> str:
        replaced = self._objects.names(self._prefix)
        try:
            token = self._objects.put(self._key, data, if_token)
        except Refused:
            raise StaleWrite(self.identity) from None
        with contextlib.suppress(FreeholdError):  # nobody reads them any more; the next write tries again
            self._objects.delete(replaced)
        return token

    @override
    def append(self, name: str, segment: bytes, if_token: str) -> None:
        try:
            self._objects.put(self._prefix + name, segment, None)
        except Refused:
            raise StaleWrite(self.identity) from None
        if self._objects.etag(self._key) != if_token:
            raise StaleWrite(self.identity)

    @override
    def lock(self, info: LockInfo, ttl: float) -> None:
        body = replace(info, ttl=ttl).to_bytes()
        for _ in range(_TRIES):
            present = self._objects.get(self._lock)
            holder = LockInfo.from_bytes(present.data) if present else None
            if present and holder and present.age <= holder.ttl + _CLOCK_GRAIN:
                raise Locked(self.identity, holder)
            with contextlib.suppress(Refused):
                self._lock_etag = self._objects.put(self._lock, body, present.etag if present else None)
                self._lock_body = body
                self._check_conditions(body)
                return
        raise Locked(self.identity, holder or LockInfo(id=""))

    def _check_conditions(self, body: bytes) -> None:
        """Never trust a server that writes although the condition is false: it would let a stale writer win."""
        if not self._objects.honours_conditions(self._lock, body):
            self._objects.delete([self._lock])
            raise without_conditions(self._bucket, self._key)

    @override
    def renew(self, lock_id: str, ttl: float) -> None:
        mine = LockInfo.from_bytes(self._lock_body)
        if mine.id != lock_id:
            raise LockLost(self.identity, "this process does not hold it")
        self._lock_body = replace(mine, ttl=ttl).to_bytes()
        try:
            self._lock_etag = self._objects.put(self._lock, self._lock_body, self._lock_etag)
        except Refused:
            raise LockLost(
                self.identity, "it was forced, or taken over after it had not been renewed in time"
            ) from None

    @override
    def unlock(self, lock_id: str) -> None:
        present = self._objects.get(self._lock)
        holder = LockInfo.from_bytes(present.data).id if present else ""
        if present is None or holder != lock_id:
            other = f"; it has the id {holder}" if holder else ""
            raise LockLost(self.identity, f"there is no lock of the id {lock_id}{other}")
        try:
            self._objects.delete_if(self._lock, present.etag)
        except Refused:
            raise LockLost(self.identity, "it was taken over") from None
