"""Refusals: problem documents (RFC 9457) as exceptions."""

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import httpx

from . import models


class Problem(Protocol):
    """The members of every problem. A problem of a known code is the model of that name, such as `models.SeatUnavailableProblem`."""

    @property
    def type_(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def detail(self) -> str: ...
    @property
    def instance(self) -> str: ...
    @property
    def request_id(self) -> UUID | None: ...
    @property
    def code(self) -> str: ...


@dataclass(frozen=True)
class OtherProblem:
    """A problem whose code is newer than this client, or a response that isn't from Frontrow, such as one of a proxy."""

    type_: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: UUID | None
    code: str
    additional_properties: dict[str, Any]


class ProblemError(Exception):
    """A request that was refused, or that failed. Its text is written for people: it is the problem's `detail`.

    `retry_after` is the number of seconds after which to repeat the request, if the response has `Retry-After`.
    """

    def __init__(self, problem: Problem, retry_after: float | None) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.retry_after = retry_after

    @property
    def code(self) -> str:
        """The code, as in docs/problems.md."""
        return self.problem.code

    @property
    def status(self) -> int:
        """The status of the response."""
        return self.problem.status


def problem_of(response: httpx.Response) -> ProblemError:
    """Returns the problem of a response."""
    retry = response.headers.get("Retry-After", "")
    retry_after = float(retry) if retry.isdecimal() else None
    if not response.headers.get("Content-Type", "").startswith("application/problem+json"):
        return ProblemError(foreign(response), retry_after)
    members = response.json()
    model = getattr(models, members["code"].title().replace("_", "") + "Problem", None)
    try:
        return ProblemError(other(members) if model is None else model.from_dict(members), retry_after)
    except (KeyError, TypeError, ValueError):
        # A member has a value that is newer than this client.
        return ProblemError(other(members), retry_after)


def other(members: dict[str, Any]) -> OtherProblem:
    more = dict(members)
    return OtherProblem(
        type_=more.pop("type"),
        title=more.pop("title"),
        status=more.pop("status"),
        detail=more.pop("detail"),
        instance=more.pop("instance"),
        request_id=UUID(more.pop("request_id")),
        code=more.pop("code"),
        additional_properties=more,
    )


def foreign(response: httpx.Response) -> OtherProblem:
    status = response.status_code
    code = "UNAVAILABLE" if status >= 500 else "MALFORMED_REQUEST"
    detail = f"The response has the status {status} and is not from Frontrow."
    return OtherProblem("about:blank", response.reason_phrase, status, detail, response.request.url.path, None, code, {})
