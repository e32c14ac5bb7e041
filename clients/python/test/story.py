"""Buys seats of the demo's club night from the server at FRONTROW_URL, as in the README of the repository."""

import os
from collections import defaultdict
from collections.abc import Iterator
from typing import NoReturn
from uuid import UUID

import httpx

from frontrow import Frontrow, ProblemError
from frontrow.api import concerts, payments, queue, reservations, tickets, users, wallet
from frontrow.models import (
    BestAvailable,
    InsufficientBalanceProblem,
    Money,
    NewCharge,
    NewPayment,
    NewQueueToken,
    NewReservation,
    NewUser,
    PaymentReceipt,
    QueueTokenEventName,
    QueueTokenStatus,
    SeatStatus,
    SeatUnavailableProblem,
    TicketStatus,
)

URL = os.environ["FRONTROW_URL"]
CONCERT = UUID("0f207207-0000-7000-8000-0000000c1b00")
SCHEDULE = UUID("0f207207-0000-7000-8000-0000000c1b01")


class Lossy(httpx.HTTPTransport):
    """Loses the first response to each POST, and interrupts each stream after its first event, as on a bad connection."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, set[str]] = defaultdict(set)
        self.lost: set[str] = set()
        self.resumed: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        path = request.url.path
        if path.endswith("/events"):
            self.resumed += request.headers.get_list("Last-Event-ID")
            if path not in self.lost and response.status_code == 200:
                self.lost.add(path)
                return httpx.Response(200, headers=response.headers, stream=Interrupted(response))
        if request.method == "POST":
            key = request.headers["Idempotency-Key"]
            self.keys[path].add(key)
            if key not in self.lost:
                self.lost.add(key)
                response.read()
                raise httpx.ReadError("the connection was reset")
        return response


class Interrupted(httpx.SyncByteStream):
    """A stream that breaks after its first event."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response

    def __iter__(self) -> Iterator[bytes]:
        received = b""
        for part in self.response.iter_raw():
            received += part
            end = received.find(b"\n\n", received.find(b"data:"))
            if end >= 0:
                yield received[: end + 2]
                break
        raise httpx.ReadError("the connection was reset")

    def close(self) -> None:
        self.response.close()


def fail(problem: object) -> NoReturn:
    raise AssertionError(problem)


def enter(shop: Frontrow) -> UUID:
    """Joins the queue and waits."""
    joined = queue.join_queue(shop, body=NewQueueToken(concert_id=CONCERT))
    for event in shop.follow(joined.token):
        assert event.event in (QueueTokenEventName.POSITION, QueueTokenEventName.ACTIVATED, QueueTokenEventName.QUEUE), event
        if event.token.status == QueueTokenStatus.ACTIVE and event.queue is not None:
            assert event.queue.state == "OPEN"
            return joined.token
    fail("the stream has ended")


def buy(shop: Frontrow, network: Lossy) -> None:
    found = concerts.list_concerts(shop, page_size=200)
    assert CONCERT in [concert.id for concert in found.items]
    token = enter(shop)
    assert len(network.resumed) >= 1, "the stream was resumed"

    seats = concerts.list_seats(shop, SCHEDULE, status=SeatStatus.AVAILABLE, queue_token=token)
    numbers = [seat.number for seat in seats.seats[:2]]
    held = reservations.hold_seats(shop, body=NewReservation(schedule_id=SCHEDULE, seat_numbers=numbers), queue_token=token)
    assert [seat.number for seat in held.seats] == numbers
    refused_to_another(numbers)

    def pay() -> PaymentReceipt:
        return payments.pay_reservation(shop, body=NewPayment(held.id), queue_token=token, idempotency_key="the-payment")

    try:
        fail(pay())
    except ProblemError as error:
        assert isinstance(error.problem, InsufficientBalanceProblem), error.problem
        assert error.problem.required.amount == held.amount.amount
        assert error.problem.title == "잔액이 부족합니다"
    wallet.charge_wallet(shop, body=NewCharge(Money(held.amount.amount + 50_000, held.amount.currency)))
    assert pay().balance.amount == 50_000

    # Each response was lost once: nothing happened twice, because each request kept its key.
    for path, keys in network.keys.items():
        assert len(keys) == 1, path
    assert wallet.show_wallet(shop).balance.amount == 50_000
    assert reservations.show_reservation(shop, held.id).status == "CONFIRMED"
    bought = tickets.list_tickets(shop).items
    assert [ticket.seat.number for ticket in bought] == numbers
    assert all(ticket.status == TicketStatus.VALID for ticket in bought)
    assert tickets.show_qr_code(shop, bought[0].id).startswith("<")
    assert [event.event for event in shop.follow(token)] == [QueueTokenEventName.EXPIRED]
    print("the story was played: seats", *numbers)


def refused_to_another(numbers: list[int]) -> None:
    """Another user can't hold these seats, and lets the service choose."""
    with Frontrow(URL) as visitor:
        user = users.register_user(visitor, body=NewUser("Grace"))
    with Frontrow(URL, access_token=user.access_token) as shop:
        token = enter(shop)
        try:
            fail(reservations.hold_seats(shop, body=NewReservation(SCHEDULE, seat_numbers=numbers), queue_token=token))
        except ProblemError as error:
            assert isinstance(error.problem, SeatUnavailableProblem), error.problem
            assert [conflict.number for conflict in error.problem.conflicts] == numbers
        held = reservations.hold_seats(shop, body=NewReservation(SCHEDULE, best_available=BestAvailable(2)), queue_token=token)
        assert not {seat.number for seat in held.seats} & set(numbers)
        reservations.release_hold(shop, held.id)
        queue.leave_queue(shop, token)
        try:
            fail(reservations.show_reservation(shop, CONCERT))
        except ProblemError as error:
            assert (error.code, error.status) == ("NOT_FOUND", 404)


network = Lossy()
with Frontrow(URL, transport=network) as visitor:
    user = users.register_user(visitor, body=NewUser("Ada"))
with Frontrow(URL, transport=network, access_token=lambda: user.access_token, language="ko") as shop:
    buy(shop, network)
