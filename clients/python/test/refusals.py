"""How the client treats 429, 503, unknown problems and responses of proxies: without a server."""

import json
import time
from collections.abc import Callable

import httpx

from frontrow import Frontrow, OtherProblem, ProblemError
from frontrow.api import wallet
from frontrow.models import OverloadedProblem

WALLET = {"balance": {"amount": 0, "currency": "KRW"}}


def problem(status: int, code: str, **headers: str) -> httpx.Response:
    members = {"type": "/problems/x", "title": "Title", "status": status, "detail": "Detail.", "instance": "/v1/wallet", "code": code}
    members["request_id"] = "019d4c5e-1f0a-7cc3-9a52-000000000003"
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers={"Content-Type": "application/problem+json"} | more, content=json.dumps(members))


def refusal_after(requests: int, response: Callable[[int], httpx.Response], retries: int = 5) -> ProblemError | None:
    """Reads a wallet from a server that sends `response(n)` to the n-th request; returns the refusal after so many requests."""
    count = 0

    def respond(_: httpx.Request) -> httpx.Response:
        nonlocal count
        count += 1
        return response(count)

    refusal = None
    with Frontrow("http://frontrow.example", transport=httpx.MockTransport(respond), retries=retries) as shop:
        try:
            wallet.show_wallet(shop)
        except ProblemError as error:
            refusal = error
    assert count == requests, count
    return refusal


start = time.monotonic()
overloaded = problem(503, "OVERLOADED", Retry_After="1")
assert refusal_after(2, lambda n: overloaded if n == 1 else httpx.Response(200, json=WALLET)) is None
assert time.monotonic() - start >= 1, "Retry-After was respected"

refusal = refusal_after(3, lambda _: problem(503, "OVERLOADED", Retry_After="0"), retries=2)
assert refusal is not None
assert isinstance(refusal.problem, OverloadedProblem)
assert refusal.retry_after == 0

refusal = refusal_after(1, lambda _: problem(429, "RATE_LIMITED", Retry_After="3600"))
assert refusal is not None
assert (refusal.code, refusal.retry_after) == ("RATE_LIMITED", 3600)

refusal = refusal_after(1, lambda _: problem(409, "CODE_OF_THE_FUTURE"))
assert refusal is not None
assert isinstance(refusal.problem, OtherProblem)
assert (refusal.code, str(refusal)) == ("CODE_OF_THE_FUTURE", "Detail.")

refusal = refusal_after(1, lambda _: httpx.Response(502, text="<h1>Bad Gateway</h1>"))
assert refusal is not None
assert (refusal.code, refusal.status) == ("UNAVAILABLE", 502)
