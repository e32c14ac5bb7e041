// The orders of a date: found by the buyer's name, the seat or the status.
import { html, nothing } from '../../shared/html.js';
import { get } from '../../shared/api.js';
import { moment, money, shortDate } from '../../shared/format.js';
import { heading, loading, problemNotice } from '../frame.js';
import { Pager } from '../pager.js';
import { actions, reservationBadge, seatsOf } from '../reservation-card.js';
import { tabs } from '../tabs.js';

/** @typedef {import('../types.js').ConcertReport} ConcertReport */
/** @typedef {import('../types.js').ReservationReport} ReservationReport */

/** @param {import('../../shared/router.js').Context} context */
export function orders({ update, signal, parameter: id, query }) {
  /** @type {ConcertReport | undefined} */
  let concert;
  /** @type {unknown} */
  let problem;
  let schedule = query.get('schedule') ?? '';
  const filter = { name: '', seat: '', status: '' };
  const pager = new Pager(update, signal);

  async function open() {
    concert = /** @type {ConcertReport} */ (await get(`/v1/admin/concerts/${id}`, { signal }));
    schedule ||= concert.schedules[0]?.id ?? '';
    await find();
  }

  async function find() {
    if (!schedule) return update();
    const parameters = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ''));
    const text = parameters.toString().replaceAll('+', '%20');
    await pager.open(`/v1/admin/schedules/${schedule}/reservations${text ? `?${text}` : ''}`);
  }

  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.target));
    schedule = String(data.get('schedule') ?? schedule);
    for (const key of /** @type {(keyof typeof filter)[]} */ (Object.keys(filter))) filter[key] = String(data.get(key) ?? '').trim();
    void find();
  }

  open().catch(error => { problem = error; update(); });

  return {
    title: () => (concert ? `Orders · ${concert.name}` : 'Orders'),
    template: () => (concert ? html`
      ${heading(concert.name)}${tabs(id, 'orders')}
      <form class="card filters" @submit=${submit}>
        ${concert.schedules.length < 2 ? nothing : html`<label class="field">Date<select name="schedule">${concert.schedules.map(({ id: key, starts_at: starts, zone }) => html`<option value=${key} ?selected=${key === schedule}>${shortDate(starts, zone)}</option>`)}</select></label>`}
        <label class="field">Name begins with<input name="name" maxlength="100" autocomplete="off"></label>
        <label class="field">Seat number<input name="seat" type="number" min="1" max="1000000"></label>
        <label class="field">Status<select name="status"><option value="">Any</option><option value="CONFIRMED">Paid</option><option value="HELD">Held</option><option value="CANCELLED">Ended</option></select></label>
        <button class="primary">Find</button>
      </form>
      ${problemNotice(pager.problem)}
      ${pager.items === undefined ? schedule ? loading() : html`<p class="empty quiet">This concert has no dates.</p>` : pager.items.length === 0 ? html`<p class="empty quiet">No order matches.</p>` : html`
        <div class="card flush scroll"><table class="rows">
          <thead><tr><th scope="col">Buyer</th><th scope="col">Seats</th><th scope="col">Status</th><th scope="col" class="right">Amount</th><th scope="col">Held</th><th scope="col"><span class="visually-hidden">Actions</span></th></tr></thead>
          <tbody>${pager.items.map(row)}</tbody></table></div>
        ${pager.more()}`}` : html`${problemNotice(problem)}${problem ? nothing : loading()}`),
  };

  /** @param {ReservationReport} reservation */
  function row(reservation) {
    const { id: key, user_id: user, user_name: name, amount, held_at: held } = reservation;
    return html`<tr><th scope="row"><a href=${`/console/users/${user}`}>${name ?? 'Unnamed user'}</a><span class="small quiet mono">${key}</span></th>
      <td>${seatsOf(reservation)}</td><td>${reservationBadge(reservation)}</td><td class="right numbers">${money(amount)}</td><td class="numbers">${moment(held)}</td>
      <td class="right"><div class="row end">${actions(reservation, () => pager.again())}</div></td></tr>`;
  }
}
