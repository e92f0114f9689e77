"""What is random or secret-bearing: bcrypt, rsadecrypt, uuid, uuidv5."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from bcrypt import gensalt, hashpw

from language.functions.contract import FunctionError, Parameter, Table, registrar
from language.functions.encoding import from_base64
from language.scope import Scope
from language.types import NUMBER, STRING
from language.values import Unknown

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)
_NAMESPACES = {
    "dns": uuids.NAMESPACE_DNS,
    "url": uuids.NAMESPACE_URL,
    "oid": uuids.NAMESPACE_OID,
    "x500": uuids.NAMESPACE_X500,
}
MAX_COST = 31


@function("uuid", result=STRING, scoped=True)
def uuid(scope: Scope) -> Any:
    """uuid(): a random UUID, another one each time; known only when things are done."""
    return Unknown(STRING, not_null=True) if scope.planning else str(uuids.uuid4())


@function("uuidv5", Parameter("namespace", STRING), Parameter("name", STRING), result=STRING)
def uuidv5(namespace: str, name: str) -> str:
    """uuidv5(namespace, name): the UUID of a name, in "dns", "url", "oid", "x500" or the namespace of a UUID."""
    known = _NAMESPACES.get(namespace)
    if known is None:
        try:
            known = uuids.UUID(namespace)
        except ValueError:
            raise FunctionError(f"uuidv5() doesn't support namespace {namespace}", 0) from None
    return str(uuids.uuid5(known, name))


@function("bcrypt", Parameter("str", STRING), variadic=Parameter("cost", NUMBER), result=STRING, scoped=True)
def bcrypt(text: str, *rest: Any) -> Any:
    """bcrypt(str, cost): a salted hash of a password (cost 10); known only when things are done. At most 72 bytes."""
    *costs, scope = rest
    if len(costs) > 1:
        raise FunctionError("bcrypt() takes no more than two arguments")
    cost = costs[0] if costs else 10
    if not isinstance(cost, int) or cost > MAX_COST:
        raise FunctionError(f"the cost has to be a whole number of at most {MAX_COST}", 1)
    if len(text.encode()) > 72:
        raise FunctionError("bcrypt: password length exceeds 72 bytes", 0)
    if scope.planning:
        return Unknown(STRING, not_null=True)
    return hashpw(text.encode(), gensalt(max(cost, 4), b"2a")).decode()


@function("rsadecrypt", Parameter("ciphertext", STRING), Parameter("privatekey", STRING), result=STRING)
def rsadecrypt(ciphertext: str, key: str) -> str:
    """rsadecrypt(ciphertext, privatekey): what was encrypted (PKCS #1 v1.5, in Base64) for a key in PEM."""
    # only where it is called, to start faster
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    data = from_base64(ciphertext, "failed to decode input: the cipher text must be base64-encoded")
    try:
        load = load_ssh_private_key if "OPENSSH" in key else load_pem_private_key
        private = load(key.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise FunctionError(
            "failed to parse key: it has to be an RSA private key in PEM, without a passphrase", 1
        ) from None
    if not isinstance(private, rsa.RSAPrivateKey):
        raise FunctionError("invalid key: an RSA key is needed", 1)
    try:
        return private.decrypt(data, padding.PKCS1v15()).decode()
    except (ValueError, UnicodeDecodeError):
        raise FunctionError("failed to decrypt: crypto/rsa: decryption error", 0) from None
