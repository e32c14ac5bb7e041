// Buys seats of the demo's club night from the server at FRONTROW_URL, as in the README of the repository, with the compiled client.
import assert from "node:assert/strict";
import { frontrow, ProblemError } from "../dist/index.js";

const baseUrl = process.env.FRONTROW_URL;
const CONCERT = "0f207207-0000-7000-8000-0000000c1b00";
const SCHEDULE = "0f207207-0000-7000-8000-0000000c1b01";

/** Sends requests; the first response to each POST is lost, as on a bad connection. */
function lossy() {
  const keys = new Map();
  const lost = new Set();
  return {
    keys,
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      const key = init.headers.get("idempotency-key");
      if (init.method !== "POST") return response;
      keys.set(url, (keys.get(url) ?? new Set()).add(key));
      if (lost.has(key)) return response;
      lost.add(key);
      throw new TypeError("the connection was reset");
    },
  };
}

const refusal = (code) => (error) => {
  assert(error instanceof ProblemError, String(error));
  assert.equal(error.code, code);
  assert.equal(error.is(code), true);
  return true;
};

const network = lossy();
const visitor = frontrow({ baseUrl, fetch: network.fetch });
const user = await visitor.post("/v1/users", { body: { name: "Ada" } });
const shop = frontrow({ baseUrl, fetch: network.fetch, accessToken: () => user.access_token, language: "ko" });

const concerts = await shop.get("/v1/concerts", { query: { page_size: 200 } });
assert(concerts.items.some((concert) => concert.id === CONCERT));

const joined = await shop.post("/v1/queue-tokens", { body: { concert_id: CONCERT } });
const queueToken = joined.token;
let entered;
for await (entered of shop.follow(queueToken)) {
  assert(["position", "activated", "queue"].includes(entered.event), entered.event);
  if (entered.token.status === "ACTIVE" && entered.queue) break;
}
assert.equal(entered.token.status, "ACTIVE");
assert.equal(entered.queue.state, "OPEN");

const seats = await shop.get("/v1/schedules/{id}/seats", { path: { id: SCHEDULE }, query: { status: "AVAILABLE" }, queueToken });
const numbers = seats.seats.slice(0, 2).map((seat) => seat.number);
const held = await shop.post("/v1/reservations", { body: { schedule_id: SCHEDULE, seat_numbers: numbers }, queueToken });
assert.deepEqual(held.seats.map((seat) => seat.number), numbers);

const pay = () => shop.post("/v1/payments", { body: { reservation_id: held.id }, queueToken, idempotencyKey: "the-payment" });
await assert.rejects(pay, (error) => {
  refusal("INSUFFICIENT_BALANCE")(error);
  assert.equal(error.problem.required.amount, held.amount.amount);
  assert.equal(error.problem.title, "잔액이 부족합니다");
  return true;
});
const charge = { amount: held.amount.amount + 50_000, currency: held.amount.currency };
await shop.post("/v1/wallet/charges", { body: { amount: charge } });
const paid = await pay();
assert.equal(paid.status, "COMPLETED");
assert.equal(paid.balance.amount, 50_000);

// Each response was lost once: nothing happened twice, because each request kept its key.
for (const [url, keys] of network.keys) assert.equal(keys.size, 1, url);
const wallet = await shop.get("/v1/wallet");
assert.equal(wallet.balance.amount, 50_000);
const reservation = await shop.get("/v1/reservations/{id}", { path: { id: held.id } });
assert.equal(reservation.status, "CONFIRMED");
const tickets = await shop.get("/v1/tickets");
assert.deepEqual(tickets.items.map((ticket) => ticket.seat.number), numbers);
await assert.rejects(shop.get("/v1/reservations/{id}", { path: { id: CONCERT } }), refusal("NOT_FOUND"));

const events = [];
for await (const { event } of shop.follow(queueToken)) events.push(event);
assert.deepEqual(events, ["expired"]);
console.log("the story was played: seats", numbers.join(", "));
