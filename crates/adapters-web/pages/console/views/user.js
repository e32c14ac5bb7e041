// One user: where they wait, what they have ordered, and what they have paid.
import { html, nothing } from '../../shared/html.js';
import { get } from '../../shared/api.js';
import { integer, moment, money, shortDate } from '../../shared/format.js';
import { heading, loading, problemNotice } from '../frame.js';
import { Pager } from '../pager.js';
import { actions, reservationBadge, seatsOf } from '../reservation-card.js';

/** @typedef {import('../types.js').Schemas} Schemas */
/** @typedef {Schemas['Reservation']} Reservation */

const TOKENS = { WAITING: ['Waiting', 'accent'], ACTIVE: ['Active', 'good'], EXPIRED: ['Ended', ''] };
const ENDS = { PAID: 'paid', TIMED_OUT: 'time was over', UNCLAIMED: 'never came', LEFT: 'left' };
const ENTRIES = { CHARGE: 'Top-up', PAYMENT: 'Payment', REFUND: 'Refund' };

/** @param {import('../../shared/router.js').Context} context */
export function user({ update, signal, parameter: id }) {
  /** @type {Schemas['UserReportWithBalance'] | undefined} */
  let found;
  /** @type {Schemas['QueueTokenReport'][]} */
  let tokens = [];
  /** @type {unknown} */
  let problem;
  const path = `/v1/admin/users/${encodeURIComponent(id)}`;
  const [reservations, entries] = [new Pager(update, signal), new Pager(update, signal)];

  async function read() {
    try {
      found = await get(path, { signal });
      const [page] = await Promise.all([get(`${path}/queue-tokens`, { signal }), reservations.open(`${path}/reservations?page_size=20`), entries.open(`${path}/wallet-entries?page_size=20`)]);
      tokens = page.items;
    } catch (error) {
      problem = error;
    }
    if (!signal.aborted) update();
  }
  void read();

  return {
    title: () => found?.name ?? 'User',
    template: () => (found ? html`
      ${heading(found.name ?? 'Unnamed user', html`<span class="mono small">${found.id}</span>`, html`<a class="button small-button" href=${`/console/log?subject=${found.id}`}>Audit log</a>`)}
      ${problemNotice(problem)}
      <dl class="figures"><div class="figure"><dt>Balance</dt><dd class="numbers">${money(found.balance)}</dd></div><div class="figure"><dt>Registered</dt><dd class="text">${moment(found.created_at)}</dd></div></dl>
      <section class="stack"><h2>Orders</h2>${problemNotice(reservations.problem)}
        ${reservations.items === undefined ? loading() : reservations.items.length === 0 ? html`<p class="quiet">None.</p>` : html`<div class="card flush scroll"><table class="rows">
          <thead><tr><th scope="col">Concert</th><th scope="col">Seats</th><th scope="col">Status</th><th scope="col" class="right">Amount</th><th scope="col">Held</th><th scope="col"><span class="visually-hidden">Actions</span></th></tr></thead>
          <tbody>${reservations.items.map(order)}</tbody></table></div>${reservations.more()}`}</section>
      <div class="halves">
        <section class="card stack"><h2>Queues</h2>${tokens.length === 0 ? html`<p class="quiet">None.</p>` : html`<ul class="lines">${tokens.map(token => html`<li><span>${token.status === 'EXPIRED' ? 'Was' : 'Is'} number <strong class="numbers">${integer(token.number)}</strong><br><span class="small quiet">joined ${moment(token.joined_at)}${token.expired_reason ? `, ${ENDS[token.expired_reason]}` : ''}</span></span><span class=${`badge ${TOKENS[token.status][1]}`}>${TOKENS[token.status][0]}</span></li>`)}</ul>`}</section>
        <section class="card stack"><h2>Wallet</h2>${entries.items === undefined ? loading() : entries.items.length === 0 ? html`<p class="quiet">Nothing yet.</p>` : html`<ul class="lines">${entries.items.map(entry => html`<li><span>${ENTRIES[/** @type {keyof typeof ENTRIES} */ (entry.kind)]}<br><span class="small quiet">${moment(entry.created_at)}</span></span><span class="right numbers"><strong>${money(entry.amount)}</strong><br><span class="small quiet">${money(entry.balance)}</span></span></li>`)}</ul>${entries.more()}`}</section>
      </div>` : html`${problemNotice(problem)}${problem ? html`<p><a href="/console/users">All users</a></p>` : loading()}`),
  };

  /** @param {Reservation} reservation */
  function order(reservation) {
    const { id: key, schedule, amount, held_at: held } = reservation;
    return html`<tr><th scope="row">${schedule ? html`<a href=${`/console/concerts/${schedule.concert_id}`}>${schedule.concert.name}</a><span class="small quiet">${shortDate(schedule.starts_at, schedule.zone)}</span>` : nothing}<span class="small quiet mono">${key}</span></th>
      <td>${seatsOf(reservation)}</td><td>${reservationBadge(reservation)}</td><td class="right numbers">${money(amount)}</td><td class="numbers">${moment(held)}</td>
      <td class="right"><div class="row end">${actions(reservation, read)}</div></td></tr>`;
  }
}
