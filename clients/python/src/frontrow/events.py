"""Reads server-sent events."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx


@dataclass(frozen=True)
class ServerEvent:
    """A server-sent event. `retry` is the number of milliseconds after which to reconnect, if the event sets it."""

    event: str
    id: str | None
    data: str
    retry: int | None


def read_events(response: httpx.Response) -> Iterator[ServerEvent]:
    """Reads the events of a stream until it ends."""
    response.encoding = "utf-8"
    text = ""
    # Not `iter_lines`, which also splits at characters that JSON may contain, such as U+2028.
    for part in response.iter_text():
        *frames, text = (text + part).split("\n\n")
        for frame in frames:
            event = parse(frame)
            if event is not None:
                yield event


def parse(frame: str) -> ServerEvent | None:
    """Parses a frame; a comment, such as a heartbeat, is not an event."""
    fields = dict(line.split(":", 1) for line in frame.split("\n") if line.find(":") > 0)
    fields = {name: value.removeprefix(" ") for name, value in fields.items()}
    if "data" not in fields:
        return None
    retry = fields.get("retry")
    return ServerEvent(fields.get("event", "message"), fields.get("id"), fields["data"], None if retry is None else int(retry))
