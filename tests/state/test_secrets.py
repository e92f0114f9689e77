import hashlib
import hmac
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state import codec, secrets

KEY = "0b" * 32


def test_a_digest_is_hmac_sha256_of_the_json():
    expected = hmac.new(bytes.fromhex(KEY), b'{"password":"hunter2"}', hashlib.sha256).hexdigest()

    assert secrets.digest({"password": "hunter2"}, KEY) == f"hmac-sha256:{expected}"


def test_keys_are_long_and_differ():
    keys = {secrets.new_key() for _ in range(100)}

    assert len(keys) == 100
    assert {len(bytes.fromhex(key)) for key in keys} == {32}


@given(st.text(), st.text())
def test_a_digest_matches_its_value_alone(value, other):
    made = secrets.Digest(secrets.digest(value, KEY))

    assert made.matches(value, KEY)
    assert made.matches(other, KEY) == (value == other)
    assert not made.matches(value, "0c" * 32)


def test_equal_numbers_match_however_they_are_written():
    assert secrets.Digest(secrets.digest((1, Decimal("0.50")), KEY)).matches([Decimal("1.0"), Decimal("0.5")], KEY)


def test_a_digest_comes_back_from_json():
    made = secrets.Digest(secrets.digest("hunter2", KEY))

    assert secrets.digest_from(codec.loads(codec.dumps(made))["$sensitive"]) == made


@pytest.mark.parametrize("raw", ["not a digest", "hmac-sha256:00", 5, None, ["x"], {"a": 1}])
def test_what_is_no_digest_is_refused(raw):
    with pytest.raises(codec.Malformed):
        secrets.digest_from(raw)


def test_a_digest_under_a_salt_is_scrypts():
    salt = "scrypt:" + "00" * 16
    theirs = hashlib.scrypt(b'"hunter2"', salt=bytes(16), n=2**14, r=8, p=1, dklen=32)

    assert secrets.digest("hunter2", salt) == f"scrypt:{theirs.hex()}"
    assert secrets.Digest(f"scrypt:{theirs.hex()}").matches("hunter2", salt)
    assert not secrets.Digest(f"scrypt:{theirs.hex()}").matches("hunter3", salt)


def test_no_two_salts_are_the_same():
    assert secrets.is_salt(secrets.new_salt())
    assert secrets.new_salt() != secrets.new_salt()
