"""Networks as the service writes them: with the address that they begin at."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from providers.contract import ValuePath, Values


def not_networks(config: Values, *names: str) -> Sequence[tuple[ValuePath, str]]:
    """Which of these attributes are no IPv4 network in its canonical form, as far as they are known. EC2 keeps any
    other form as the canonical one, so that what was made would not be found, or would be replaced for ever."""
    texts = ((name, config.get(name)) for name in names)
    return [
        ((name,), 'it has to be an IPv4 network, with the address that it begins at, such as "10.0.0.0/16".')
        for name, text in texts
        if isinstance(text, str) and not _is_network(text)
    ]


def _is_network(text: str) -> bool:
    try:
        return str(IPv4Network(text)) == text
    except ValueError:
        return False
