"""Who signs: the keys that the sandbox knows, and the principal behind each.

Keys live where moto's IAM and STS keep them, so that users and roles made through the API sign like the one that is
there from the start.
"""

from __future__ import annotations

from dataclasses import dataclass

ACCOUNT = "123456789012"

# The pair that AWS's documentation uses throughout: known to everybody, good for nothing elsewhere.
ADMIN_ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
ADMIN_SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # noqa: S105
ADMIN_USER = "admin"
_ADMIN_POLICY = "arn:aws:iam::aws:policy/AdministratorAccess"


@dataclass(frozen=True)
class Principal:
    """A signer: `arn` is what STS tells it, `iam_arn` that of the user or role behind it, `user_id` AWS's own id."""

    arn: str
    iam_arn: str
    user_id: str
    session_name: str = ""


@dataclass(frozen=True)
class Credentials:
    """An access key's secret, and whose it is."""

    principal: Principal
    secret_key: str
    session_token: str | None


def install_administrator() -> None:
    """Create the account's administrator, whose keys `sandbox env` hands out."""
    from moto.iam.models import iam_backends

    iam = iam_backends[ACCOUNT]["aws"]
    iam.create_user("aws", ADMIN_USER)
    iam.attach_user_policy(_ADMIN_POLICY, ADMIN_USER)
    key = iam.create_access_key(ADMIN_USER)
    iam.access_keys.pop(key.access_key_id)
    key.access_key_id, key.secret_access_key = ADMIN_ACCESS_KEY, ADMIN_SECRET_KEY
    iam.access_keys[ADMIN_ACCESS_KEY] = key


def find_credentials(access_key: str) -> Credentials | None:
    """What belongs to an access key, or None when nobody was given it."""
    from moto.iam.models import iam_backends
    from moto.sts.models import sts_backends

    iam = iam_backends[ACCOUNT]["aws"]
    for user in list(iam.users.values()):
        for key in user.access_keys:
            if key.access_key_id == access_key and key.status == "Active":
                return Credentials(Principal(user.arn, user.arn, user.id), key.secret_access_key, None)
    role = sts_backends[ACCOUNT]["aws"].get_assumed_role_from_access_key(access_key)
    if role is None:
        return None
    principal = Principal(role.arn, role.role_arn, role.user_id, role.session_name)
    return Credentials(principal, role.secret_access_key, role.session_token)


def principal_of(access_key: str | None) -> Principal:
    """The principal behind a key; a key nobody was given acts as the account's root, as moto has it."""
    credentials = find_credentials(access_key) if access_key else None
    root = f"arn:aws:iam::{ACCOUNT}:root"
    return credentials.principal if credentials else Principal(root, root, ACCOUNT)
