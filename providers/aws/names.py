"""The tags by which what freehold made is known again."""

from __future__ import annotations

import re
from collections.abc import Mapping

from providers.contract import Call

OURS = "freehold:"
STACK, ADDRESS, LINEAGE = f"{OURS}stack", f"{OURS}address", f"{OURS}lineage"


def own_tags(call: Call) -> Mapping[str, str]:
    """Those of what a call makes. Values have letters, digits, spaces and _ . : / = + - @: `a["x"]` is `a=x`."""
    address = re.sub(r"[^\w.:/=+@-]", "_", re.sub(r'\["?(.*?)"?\]', r"=\1", call.address))
    return {STACK: call.stack, LINEAGE: call.lineage, ADDRESS: address}
