"""A request to an API server and its whole answer, within limits: whoever answers in its place does not send us
elsewhere, keep us for ever, or fill the memory.

What failed on the way, was throttled or met a failing server is sent again; PATCH too, since applying is idempotent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from language.bodies import whole
from providers.contract import Clock

RETRIED = (429, 500, 502, 503, 504)
_TIMEOUT = (10.0, 60.0)  # seconds: to connect, and for each part of an answer
_TRIES = 7
_LONGEST_PAUSE = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whoever sent it."""

    status: int
    headers: Mapping[str, str]
    data: bytes


class Transport:
    """Sends through a pool of urllib3's; used by many threads."""

    def __init__(self, pool: Any, clock: Clock) -> None:
        self.pool = pool
        self._clock = clock

    def close(self) -> None:
        """Close all connections."""
        self.pool.clear()

    def send(self, method: str, url: str, data: bytes | None, headers: Any) -> Answer:
        """The answer to a request. Raises urllib3's HTTPError, OSError or Excessive."""
        import urllib3

        for attempt in range(_TRIES):
            last = attempt + 1 == _TRIES
            asked = None
            try:
                answer = self._exchange(method, url, data, headers)
            except (urllib3.exceptions.HTTPError, OSError):
                if last:
                    raise
            else:
                if answer.status not in RETRIED or last:
                    return answer
                asked = self._asked_pause(answer)
            self._clock.sleep(0.2 * 2**attempt if asked is None else min(asked, _LONGEST_PAUSE))
        raise AssertionError("the last attempt returns or raises")

    def _exchange(self, method: str, url: str, data: bytes | None, headers: Any) -> Answer:
        import urllib3

        answer = self.pool.request(
            method,
            url,
            body=data,
            headers=headers,
            retries=False,
            redirect=False,
            preload_content=False,
            timeout=urllib3.Timeout(connect=_TIMEOUT[0], read=_TIMEOUT[1]),
        )
        try:
            # as it was sent: no encoding was asked for
            data = whole(lambda size: answer.read1(size, decode_content=False))
            return Answer(answer.status, answer.headers, data)
        finally:
            answer.close()

    def _asked_pause(self, answer: Answer) -> float | None:
        """The seconds that a throttled client is asked to wait; None where nobody says so that one understands it."""
        text = answer.headers.get("Retry-After", "").strip()
        if text.isdecimal():
            return float(text)
        try:
            return max(parsedate_to_datetime(text).timestamp() - self._clock.now(), 0.0)
        except (ValueError, OverflowError):
            return None
