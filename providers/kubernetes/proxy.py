"""Which proxy stands before a server, and connections through it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from providers.contract.errors import Unreachable


def through_proxy(proxy: str, settings: Mapping[str, Any]) -> Any:
    """A pool of connections through a proxy's URL. Raises Unreachable for one that is not of http or https."""
    import urllib3

    parts = urlsplit(proxy)
    bare = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        advice = "Use a proxy of http or https, or a tunnel that looks like the server itself."
        raise Unreachable("Unsupported proxy", f"The proxy {bare} is not one of http or https.", advice=advice)
    headers = None
    if parts.username:
        headers = urllib3.make_headers(proxy_basic_auth=f"{unquote(parts.username)}:{unquote(parts.password or '')}")
    return urllib3.ProxyManager(bare, proxy_headers=headers, **settings)


def proxy_of(server: str, variables: Mapping[str, str]) -> str:
    """What HTTPS_PROXY says for a server; NO_PROXY makes exceptions. Source: the conventions of curl and Go."""
    parts = urlsplit(server)
    names = ("HTTPS_PROXY", "https_proxy") if parts.scheme != "http" else ("http_proxy",)
    found = next((variables[name] for name in names if variables.get(name)), "")
    host = (parts.hostname or "").lower()
    if not found or host == "localhost" or host.startswith("127.") or host == "::1":
        return ""
    excepted = variables.get("NO_PROXY") or variables.get("no_proxy") or ""
    return "" if any(_covers(each.strip().lower(), host) for each in excepted.split(",")) else found


def _covers(pattern: str, host: str) -> bool:
    """Whether an entry of NO_PROXY is for a host: `*`, a domain with all below it, an address or a CIDR."""
    pattern = pattern.partition(":")[0] if pattern.count(":") == 1 else pattern
    if not pattern:
        return False
    if pattern == "*":
        return True
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(pattern, strict=False)
    except ValueError:
        bare = pattern.removeprefix("*").removeprefix(".")
        return host == bare or host.endswith(f".{bare}")
