"""The few things that the S3 backend does to objects, with errors that people understand."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from language.diagnostics import FreeholdError, error
from state.backends.contract import MAXIMUM_BYTES
from state.backends.s3_errors import code_of, translated

_ABSENT = ("NoSuchKey", "404", "NotFound")
_REFUSED = ("PreconditionFailed", "412")
_CONFLICT = ("ConditionalRequestConflict", "409")
_CONFLICT_PAUSES = (0.1, 0.3, 1.0)
_VERSIONS_LISTED, _VERSIONS_READ = 100, 3
_DELETED_AT_ONCE = 1000  # what one DeleteObjects takes


class Refused(Exception):
    """The condition of a write was false."""


@dataclass(frozen=True, slots=True)
class Found:
    """An object. `age`: seconds since it was written, both times by the server's clock."""

    data: bytes
    etag: str
    age: float


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier version of an object; `written` as RFC 3339 has it."""

    id: str
    written: str
    data: bytes


class Objects:
    """Objects of one bucket. `extra` goes with every write (encryption, access); `key` is named in errors."""

    def __init__(self, client: Any, bucket: str, key: str, extra: Mapping[str, Any]) -> None:
        self._client = client
        self._bucket = bucket
        self._key = key
        self._extra = extra

    def get(self, key: str) -> Found | None:
        """The object, or None when there is none."""
        with self._translated():
            try:
                answer = self._client.get_object(Bucket=self._bucket, Key=key)
            except Exception as refused:
                if code_of(refused) in _ABSENT:
                    return None
                raise
            if answer["ContentLength"] > MAXIMUM_BYTES:
                detail = f"s3://{self._bucket}/{key} has {answer['ContentLength']} bytes."
                raise FreeholdError([error("An object of the state is too large", detail)])
            date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
            now = parsedate_to_datetime(date) if date else datetime.now(UTC)
            return Found(answer["Body"].read(), answer["ETag"], (now - answer["LastModified"]).total_seconds())

    def etag(self, key: str) -> str | None:
        """The tag of the object as it is now, or None when there is none."""
        with self._translated():
            try:
                return str(self._client.head_object(Bucket=self._bucket, Key=key)["ETag"])
            except Exception as refused:
                if code_of(refused) in _ABSENT:
                    return None
                raise

    def put(self, key: str, data: bytes, if_etag: str | None) -> str:
        """Write the object if it is the one with this tag (None: if there is none); the new tag. Raises Refused.

        The SDK repeats a request whose answer was lost, and then the first one makes the second be refused: so what was
        refused is no failure when exactly these bytes are there.
        """
        with self._translated():
            for pause in (*_CONFLICT_PAUSES, None):
                try:
                    return self._put(key, data, if_etag)
                except Exception as refused:
                    code = code_of(refused)
                    if code in _CONFLICT and pause is not None:
                        time.sleep(pause)
                    elif code in _REFUSED or code in _CONFLICT or (code in _ABSENT and if_etag is not None):
                        break
                    else:
                        raise
        present = self.get(key)
        if present is None or present.data != data:
            raise Refused
        return present.etag

    def honours_conditions(self, key: str, data: bytes) -> bool:
        """Whether a write is refused that may not happen: that of an object which exists, provided that none exists."""
        with self._translated():
            try:
                self._put(key, data, None)
            except Exception as refused:
                if code_of(refused) in (*_REFUSED, *_CONFLICT):
                    return True
                raise
        return False

    def names(self, prefix: str) -> list[str]:
        """The keys that begin with this, sorted."""
        with self._translated():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
            return sorted(item["Key"] for page in pages for item in page.get("Contents", ()))

    def versions(self, key: str) -> list[Version]:
        """Earlier versions that the bucket keeps of an object, the newest first; none where that is not to be known."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found = self._client.list_object_versions(Bucket=self._bucket, Prefix=key, MaxKeys=_VERSIONS_LISTED)
            earlier = [each for each in found.get("Versions", ()) if each["Key"] == key and not each["IsLatest"]]
            return [self._version(key, each) for each in earlier[:_VERSIONS_READ]]
        except (BotoCoreError, ClientError, KeyError):
            return []

    def _version(self, key: str, listed: Mapping[str, Any]) -> Version:
        id_ = str(listed["VersionId"])
        answer = self._client.get_object(Bucket=self._bucket, Key=key, VersionId=id_)
        return Version(id_, listed["LastModified"].isoformat(timespec="seconds"), answer["Body"].read())

    def delete(self, keys: Sequence[str]) -> None:
        """Delete these objects; those that are not there are no error."""
        with self._translated():
            for first in range(0, len(keys), _DELETED_AT_ONCE):
                some = [{"Key": key} for key in keys[first : first + _DELETED_AT_ONCE]]
                self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": some, "Quiet": True})

    def delete_if(self, key: str, etag: str) -> None:
        """Delete the object if it is the one with this tag. Servers that know no such condition delete it all the
        same."""
        with self._translated():
            try:
                self._client.delete_object(Bucket=self._bucket, Key=key, IfMatch=etag)
            except Exception as refused:
                if code_of(refused) in (*_REFUSED, *_CONFLICT):
                    raise Refused from refused
                if code_of(refused) not in ("NotImplemented", "501"):
                    raise
                self._client.delete_object(Bucket=self._bucket, Key=key)

    def _put(self, key: str, data: bytes, if_etag: str | None) -> str:
        condition = {"IfNoneMatch": "*"} if if_etag is None else {"IfMatch": if_etag}
        answer = self._client.put_object(Bucket=self._bucket, Key=key, Body=data, **condition, **self._extra)
        return str(answer["ETag"])

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (BotoCoreError, ClientError) as refused:
            raise translated(refused, self._bucket, self._key) from refused
