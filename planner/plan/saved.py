"""Plans in files: for their owner alone, whole or not there, without a secret, and not to be edited.

    freehold plan 2
    the plan: JSON (`planner.plan.records`), compressed
    sha256 <of all that is above>
    hmac-sha256 <of that>                  or: no hmac

Sensitive values are kept as digests; they are asked for again when the plan runs, and compared. The HMAC's key is
derived from the key of the state that the plan was made upon, which the file does not hold; where there was no state
yet, from FREEHOLD_PLAN_KEY, if that is set. See docs/decisions for why.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from language.diagnostics import FreeholdError, error
from planner.plan.plan import Plan
from planner.plan.records import PLAN
from planner.plan.values import sealing
from state import codec
from state.codec import DEEPEST, Malformed
from state.files import NotAFile, read_file, reason_of, replace_file
from state.secrets import is_salt, new_salt

FORMAT = 2
KEY_VARIABLE = "FREEHOLD_PLAN_KEY"
MAX_BYTES = 256 * 1024 * 1024
"""Of the file, and of what it says."""
_HEAD = b"freehold plan %d\n" % FORMAT
_OTHER_HEAD = re.compile(rb"freehold plan (\d{1,9})\n|\x1f\x8b")
_END = re.compile(rb"\nsha256 ([0-9a-f]{64})\n(?:hmac-sha256 ([0-9a-f]{64})|no hmac)\n\Z")
_LONGEST_END = 200
_LEVEL = 6
_ADVICE = "A plan file is what `freehold plan -out=FILE` wrote. Make a new one."


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan that was read of a file which is whole; who wrote that is for `authenticate` to tell."""

    path: Path
    plan: Plan
    digest: bytes
    hmac: bytes | None


@dataclass(frozen=True, slots=True)
class PlanKeys:
    """What plan files are sealed with: the digest key of the state, None while there is none, and FREEHOLD_PLAN_KEY."""

    state: str | None
    variable: str = ""

    @property
    def of_hmac(self) -> bytes | None:
        """The key of the HMAC, by HKDF (RFC 5869) with a label of its own for each."""
        if self.state is not None:
            return _derived(bytes.fromhex(self.state), b"freehold plan file, by the key of the state")
        return _derived(self.variable.encode(), b"freehold plan file, by FREEHOLD_PLAN_KEY") if self.variable else None


def save(plan: Plan, path: Path, keys: PlanKeys) -> None:
    """Write the plan. Raises FreeholdError when the file cannot be written."""
    if keys.state is None:
        plan = replace(plan, origin=replace(plan.origin, salt=new_salt()))
    said = codec.dumps(PLAN.encode(plan), sealing(plan.origin.salt or keys.state or ""), DEEPEST)
    content = _HEAD + zlib.compress(said, _LEVEL)
    digest, key = hashlib.sha256(content), keys.of_hmac
    seal = b"hmac-sha256 " + hmac.digest(key, digest.digest(), "sha256").hex().encode() if key else b"no hmac"
    try:
        replace_file(path, b"%s\nsha256 %s\n%s\n" % (content, digest.hexdigest().encode(), seal))
    except (OSError, NotAFile) as failure:
        raise FreeholdError([error("Cannot write plan file", f"{path}: {reason_of(failure)}.")]) from failure


def open_plan(path: Path) -> SavedPlan:
    """The plan of a file. Raises FreeholdError when it is none, damaged, or of another version."""
    try:
        data = read_file(path, MAX_BYTES)
    except FileNotFoundError as failure:
        raise FreeholdError([error("No such plan", f"There is no file {path}.")]) from failure
    except (OSError, NotAFile) as failure:
        why = f"{path} cannot be read: {reason_of(failure)}."
        raise FreeholdError([error("Not a plan file", why, advice=_ADVICE)]) from failure
    content, digest, seal = _parts(path, data)
    try:
        plan = PLAN.decode(codec.parse(_decompressed(content)))
        if plan.origin.salt and not is_salt(plan.origin.salt):
            raise Malformed("is no salt", ("origin", "salt"))
    except Malformed as cause:
        _refuse(path, f"is damaged: {cause}")
    return SavedPlan(path, plan, digest, seal)


def authenticate(saved: SavedPlan, keys: PlanKeys) -> None:
    """Raise FreeholdError unless the plan was written by who had the same keys."""
    key = keys.of_hmac
    if key is None and saved.hmac is not None:
        detail = f"{saved.path} was made with a key in {KEY_VARIABLE}, which is not set here."
        raise FreeholdError([error("Plan file cannot be checked", detail, advice=f"Set {KEY_VARIABLE} to that key.")])
    if key is None:
        return
    if saved.hmac is None or not hmac.compare_digest(saved.hmac, hmac.digest(key, saved.digest, "sha256")):
        by = "its state" if keys.state is not None else KEY_VARIABLE
        detail = f"{saved.path} was changed since it was made, or was not made with the key of {by}."
        raise FreeholdError([error("Plan file is not authentic", detail, advice="Make a new plan, and apply that.")])


def _parts(path: Path, data: bytes) -> tuple[bytes, bytes, bytes | None]:
    """The compressed plan, the digest of what is before it in the file and itself, and the HMAC."""
    if not data.startswith(_HEAD):
        other = _OTHER_HEAD.match(data)
        if other is None:
            _refuse(path, "is none")
        number = (other[1] or b"1").decode()
        _refuse(path, f"has format {number}, of another version of freehold; this one reads format {FORMAT}")
    end = _END.search(data, max(0, len(data) - _LONGEST_END))
    if end is None:
        _refuse(path, "is damaged: its end is missing")
    digest = hashlib.sha256(memoryview(data)[: end.start()])
    if digest.hexdigest().encode() != end[1]:
        _refuse(path, "is damaged: its checksum is another than that of its content")
    return data[len(_HEAD) : end.start()], digest.digest(), bytes.fromhex(end[2].decode()) if end[2] else None


def _decompressed(content: bytes) -> bytes:
    inflating = zlib.decompressobj()
    try:
        said = inflating.decompress(content, MAX_BYTES)
    except zlib.error as cause:
        raise Malformed("cannot be decompressed") from cause
    if inflating.unconsumed_tail:
        raise Malformed(f"is larger than {MAX_BYTES >> 20} MB")
    if not inflating.eof or inflating.unused_data:
        raise Malformed("is not compressed as a whole")
    return said


def _refuse(path: Path, why: str) -> NoReturn:
    raise FreeholdError([error("Not a plan file", f"{path} {why}.", advice=_ADVICE)])


def _derived(secret: bytes, label: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, None, label).derive(secret)
