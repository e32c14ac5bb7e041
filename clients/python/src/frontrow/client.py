"""Sends requests, repeats those that may be repeated, and follows queue tokens.

A POST creates one idempotency key and keeps it while it is repeated: after a broken connection, and after 429 and 503, when
`Retry-After` has passed. A refusal is a `ProblemError`.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

import httpx

from .events import ServerEvent, read_events
from .models.queue_state import QueueState
from .models.queue_token import QueueToken
from .models.queue_token_event_name import QueueTokenEventName
from .problem import ProblemError, problem_of

NO_RESPONSE_SECONDS = 1.0
# A longer `Retry-After` is left to the caller.
LONGEST_PAUSE_SECONDS = 60.0
# A server sends a comment every 15 seconds, unless it is configured otherwise.
SILENCE_SECONDS = 60.0


@dataclass(frozen=True)
class QueueNotice:
    """The state of a queue, and the operators' message to those who wait."""

    state: QueueState
    message: str | None


@dataclass(frozen=True)
class TokenEvent:
    """An event of a queue token, and what is known after it."""

    event: QueueTokenEventName
    token: QueueToken
    queue: QueueNotice | None


class Frontrow:
    """A client of one server, for one user or for a visitor without an access token.

    `access_token` is the token or a function that returns the current one. `language` is the preferred language of problems, as in
    `Accept-Language`. A request is repeated up to `retries` times. Threads can share a client.
    """

    def __init__(
        self,
        base_url: str,
        *,
        access_token: str | Callable[[], str | None] | None = None,
        language: str | None = None,
        retries: int = 5,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._access_token = access_token
        self._language = language
        self._retries = retries
        self._http = httpx.Client(transport=transport, timeout=10)

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def request(self, method: str, url: str, *, headers: Mapping[str, str], **more: Any) -> httpx.Response:
        """Sends a request, and repeats it as long as that may help. The functions of `frontrow.api` call this.

        Raises `ProblemError` for a refusal, `httpx.TransportError` if there was no response.
        """
        key = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        for attempt in range(self._retries + 1):
            failure: ProblemError | httpx.TransportError
            try:
                # Read for each attempt: the access token may have been replaced.
                every = key | self._headers() | dict(headers)
                response = self._http.request(method, self._base_url + url, headers=every, **more)
                if response.is_success:
                    return response
                failure = problem_of(response)
            except httpx.TransportError as error:
                failure = error
            pause = pause_after(failure)
            if pause is None or attempt == self._retries:
                raise failure
            time.sleep(pause)
        raise ValueError("retries must not be negative")

    def follow(self, token: uuid.UUID | str) -> Iterator[TokenEvent]:
        """Yields the state of a queue token, and each change, until it has ended.

        Reconnects after interruptions and continues where the stream was interrupted. Gives up after `retries` failures in a row.
        """
        last: str | None = None
        state: QueueToken | None = None
        notice: QueueNotice | None = None
        reconnect = NO_RESPONSE_SECONDS
        failures = 0
        while True:
            pause: float | None
            try:
                for event in self._events(token, last):
                    failures = 0
                    last = event.id or last
                    reconnect = reconnect if event.retry is None else event.retry / 1000
                    if event.event == QueueTokenEventName.QUEUE:
                        data = json.loads(event.data)
                        notice = QueueNotice(QueueState(data["state"]), data["message"])
                    elif event.event in set(QueueTokenEventName):
                        state = QueueToken.from_dict(json.loads(event.data))
                    else:
                        continue
                    if state is not None:
                        yield TokenEvent(QueueTokenEventName(event.event), state, notice)
                    if event.event == QueueTokenEventName.EXPIRED:
                        return
                pause = reconnect
            except EndedError:
                return
            except (ProblemError, httpx.TransportError) as error:
                failures += 1
                pause = pause_after(error)
                if pause is None or failures > self._retries:
                    raise
                pause = max(pause, reconnect)
            time.sleep(pause)

    def _events(self, token: uuid.UUID | str, last: str | None) -> Iterator[ServerEvent]:
        headers = self._headers() | {"Accept": "text/event-stream"} | ({} if last is None else {"Last-Event-ID": last})
        url = f"{self._base_url}/v1/queue-tokens/{quote(str(token), safe='')}/events"
        with self._http.stream("GET", url, headers=headers, timeout=httpx.Timeout(10, read=SILENCE_SECONDS)) as response:
            if response.status_code == 204:
                raise EndedError
            if not response.is_success:
                response.read()
                raise problem_of(response)
            yield from read_events(response)

    def _headers(self) -> dict[str, str]:
        token = self._access_token() if callable(self._access_token) else self._access_token
        headers = {"Authorization": f"Bearer {token}" if token else None, "Accept-Language": self._language}
        return {name: value for name, value in headers.items() if value}


class EndedError(Exception):
    """The queue token has ended, and its last event was received before."""


def pause_after(failure: ProblemError | httpx.TransportError) -> float | None:
    """Returns the seconds after which to repeat a request, or None if that doesn't help."""
    if isinstance(failure, httpx.UnsupportedProtocol):
        return None
    if isinstance(failure, httpx.TransportError):
        return NO_RESPONSE_SECONDS
    if failure.status not in (429, 503):
        return None
    pause = NO_RESPONSE_SECONDS if failure.retry_after is None else failure.retry_after
    return pause if pause <= LONGEST_PAUSE_SECONDS else None
