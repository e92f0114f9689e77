import subprocess
import sys

import pytest

from language.diagnostics import FreeholdError
from state.backends import known, open_backend, schema


def problems(type_, config, directory):
    with pytest.raises(FreeholdError) as refused:
        open_backend(type_, config, directory=directory, environment={})
    return [(diagnostic.summary, diagnostic.detail, diagnostic.advice) for diagnostic in refused.value.diagnostics]


def test_an_unknown_backend_is_told_with_the_one_that_may_be_meant(tmp_path):
    assert problems("locale", {}, tmp_path) == [
        ("Unknown backend", 'There is no backend "locale".', 'Did you mean "local"?')
    ]


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    found = problems(
        "s3",
        {"bukket": "x", "key": None, "encrypt": "yes", "assume_role": {"session_name": 3}, "max_retries": True},
        tmp_path,
    )

    assert [detail for _, detail, _ in found] == [
        'The argument "bucket" is required in backend "s3".',
        'The argument "key" is required in backend "s3".',
        'There is no argument "bukket" in backend "s3".',
        'The argument "encrypt" in backend "s3" has to be a bool.',
        'The argument "role_arn" is required in assume_role of backend "s3".',
        'The argument "session_name" in assume_role of backend "s3" has to be a string.',
        'The argument "max_retries" in backend "s3" has to be a number.',
    ]
    assert found[2][2] == 'Did you mean "bucket"?'


def test_a_key_may_not_begin_or_end_with_a_slash(tmp_path):
    assert problems("s3", {"bucket": "b", "key": "/k"}, tmp_path)[0][0] == "Invalid key of the state"


def test_every_backend_describes_what_it_takes():
    assert {"local", "s3"} <= set(known())
    for name in known():
        assert all(attribute.help.endswith(".") for attribute in schema(name).values())
    assert {name for name, attribute in schema("s3").items() if attribute.sensitive} == {
        "access_key",
        "secret_key",
        "token",
    }


def test_no_sdk_is_imported_before_a_backend_needs_it():
    code = "import sys, state.manager, state.backends; state.backends.schema('s3'); print('botocore' in sys.modules)"

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True).stdout

    assert out == "False\n"
