"""`override`: a method that implements a documented one says so, for mypy and for readers.

typing has it from Python 3.12 on, and typing_extensions takes longer to import than `freehold version` may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import override as override
else:

    def override(method):
        """The method as it is."""
        return method
