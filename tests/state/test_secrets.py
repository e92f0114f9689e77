import hashlib
import hmac
from decimal import Decimal

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


def test_a_digest_comes_back_from_json_and_its_lookalikes_do_not():
    made = secrets.Digest(secrets.digest("hunter2", KEY))
    lookalike = {"$sensitive": "not a digest"}

    read = codec.loads(codec.dumps({"password": made, "list": [made], "other": lookalike}), secrets.revive)

    assert read == {"password": made, "list": (made,), "other": lookalike}
