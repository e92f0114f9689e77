"""Sensitive texts are found in whatever form they come back; what is not one stays."""

from __future__ import annotations

import base64
import json
import time
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.marks import unmark_deep
from language.redaction import HIDDEN, Redactor
from language.values import Sensitive

CANARY = 'hunter2 & "größe"/\\x'


@pytest.mark.parametrize(
    "encode",
    [
        str,
        json.dumps,
        lambda text: json.dumps(text, ensure_ascii=False),
        repr,
        urllib.parse.quote,
        lambda text: urllib.parse.quote(text, safe=""),
        urllib.parse.quote_plus,
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
        lambda text: base64.b64encode(f"user:{text}".encode()).decode(),
        lambda text: base64.b64encode(f"ab:{text}!".encode()).decode(),
        lambda text: base64.b64encode(f"a:{text}!!".encode()).decode(),
    ],
)
def test_a_sensitive_text_is_found_in_every_form(encode):
    redactor = Redactor()
    redactor.remember({"login": (CANARY,)})

    found = redactor.redact(f"before {encode(CANARY)} after")

    assert HIDDEN in found
    assert found.startswith("before ")
    assert found.endswith(" after")
    assert "hunter2" not in found


def test_names_of_attributes_and_short_texts_are_left():
    redactor = Redactor()
    redactor.remember({"password": "abc", "port": 5432, "pin": 123456})

    assert redactor.redact("password abc 5432 123456") == f"password abc 5432 {HIDDEN}"


def test_of_two_texts_the_longer_one_is_taken_out_whole():
    redactor = Redactor()
    redactor.remember("secret")
    redactor.remember("secretive-word")

    assert redactor.redact("a secretive-word") == f"a {HIDDEN}"


@given(st.text(min_size=6, max_size=40), st.binary(max_size=5), st.binary(max_size=5))
def test_base64_of_what_it_is_a_part_of_never_has_the_text(text, before, after):
    redactor = Redactor()
    redactor.remember(text)
    data = text.encode()
    encoded = base64.b64encode(before + data + after).decode()

    assert HIDDEN in redactor.redact(encoded)


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: json.dumps(json.dumps({"a": text})),
        lambda text: json.dumps(text).replace("&", "\\u0026"),
    ],
)
def test_a_sensitive_text_is_found_in_json_as_servers_write_it(encode):
    redactor = Redactor()
    redactor.remember(CANARY)

    assert "hunter2" not in redactor.redact(encode(CANARY))


def test_what_is_encoded_itself_is_found_decoded():
    redactor = Redactor()
    redactor.remember(base64.b64encode(b"hunter2-in-the-clear").decode())

    assert redactor.has("say hunter2-in-the-clear")


def test_short_texts_are_found_where_they_are_the_whole():
    redactor = Redactor()
    redactor.remember({"pin": "123", "port": 5432, "none": ""})

    assert redactor.is_sensitive("123")
    assert redactor.is_sensitive("5432")
    assert not redactor.is_sensitive("1234")
    assert not redactor.is_sensitive("")


def test_what_is_forgotten_is_found_no_more():
    redactor = Redactor()
    redactor.remember("open-sesame-1")

    redactor.forget()

    assert redactor.is_empty
    assert redactor.redact("say open-sesame-1") == "say open-sesame-1"


def test_a_search_takes_no_longer_for_thousands_of_texts():
    redactor = Redactor()
    for number in range(5000):
        redactor.remember(f"secret-{number:05}-text")
    long = "an ordinary answer of a server " * 100

    begun = time.process_time()
    assert not any(redactor.has(long) for _ in range(100))

    assert time.process_time() - begun < 2


def test_what_loses_its_mark_is_remembered():
    from language.redaction import REDACTOR

    unmark_deep({"a": Sensitive(("open-sesame-1",))})

    assert REDACTOR.redact("say open-sesame-1") == f"say {HIDDEN}"
