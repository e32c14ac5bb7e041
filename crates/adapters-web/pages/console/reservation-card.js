// A reservation with what an operator can do about it: release a hold, refund a payment.
import { html, nothing } from '../shared/html.js';
import { newKey, post } from '../shared/api.js';
import { integer, moment, money } from '../shared/format.js';
import { ask } from './ask.js';
import { problemText, toast } from './frame.js';

/** @typedef {import('../shared/types.js').Reservation} Reservation */
/** @typedef {Reservation & { user_id?: string, user_name?: string | null }} AnyReservation */

const STATES = { HELD: ['Held', 'warn'], CONFIRMED: ['Paid', 'good'], CANCELLED: ['Ended', ''] };
const REASONS = { EXPIRED: 'the hold expired', RELEASED: 'the hold was released', REFUNDED: 'the payment was refunded' };

/** @param {AnyReservation} reservation */
export const reservationBadge = ({ status }) => html`<span class=${`badge ${STATES[status][1]}`}>${STATES[status][0]}</span>`;

/** @param {AnyReservation} reservation */
export const seatsOf = ({ seats }) => seats.map(({ label }) => label).join(', ');

/** @param {AnyReservation} reservation asks, then refunds the payment @param {() => void} done */
export async function refund(reservation, done) {
  const { seats, amount, payment_id: payment, schedule } = reservation;
  const effect = html`<ul class="effects">
    <li><strong class="numbers">${money(amount)}</strong> goes back to the buyer’s wallet.</li>
    <li><strong class="numbers">${integer(seats.length)}</strong> ${seats.length === 1 ? 'ticket becomes' : 'tickets become'} void: ${seatsOf(reservation)}.</li>
    <li>${schedule?.cancelled_at ? 'The date is cancelled: the seats are not sold again.' : 'The seats can be bought by others at once.'} This can’t be undone.</li></ul>`;
  const reason = await ask({ title: 'Refund this order?', effect, action: `Refund ${money(amount)}`, danger: true, reason: 'optional' });
  if (reason === undefined) return;
  try {
    await post(`/v1/payments/${payment}/refunds`, { body: reason ? { reason } : {}, key: newKey() });
    toast(`${money(amount)} was refunded.`);
  } catch (error) {
    toast(problemText(error), 'bad');
  }
  done();
}

/** @param {AnyReservation} reservation asks, then releases the hold @param {() => void} done */
export async function release(reservation, done) {
  const { id, seats } = reservation;
  const effect = html`<p><strong class="numbers">${integer(seats.length)}</strong> ${seats.length === 1 ? 'seat is' : 'seats are'} free for others at once: ${seatsOf(reservation)}. The buyer has to choose again.</p>`;
  const reason = await ask({ title: 'Release this hold?', effect, action: 'Release the hold', danger: true, reason: 'optional' });
  if (reason === undefined) return;
  try {
    await post(`/v1/admin/reservations/${id}:release`, { body: reason ? { reason } : {} });
    toast('The hold is released.');
  } catch (error) {
    toast(problemText(error), 'bad');
  }
  done();
}

/** @param {AnyReservation} reservation @param {() => void} done */
export const actions = (reservation, done) => html`
  ${reservation.status === 'HELD' ? html`<button class="small-button danger" @click=${() => release(reservation, done)}>Release</button>` : nothing}
  ${reservation.status === 'CONFIRMED' && reservation.payment_id ? html`<button class="small-button danger refund" @click=${() => refund(reservation, done)}>Refund</button>` : nothing}`;

/** @param {AnyReservation} reservation @param {() => void} done */
export function reservationCard(reservation, done) {
  const { user_id: user, user_name: name, status, amount, held_at: held, expires_at: expires, cancelled_reason: reason } = reservation;
  return html`<div class="stack tight order">
    <div class="row between">${user ? html`<a href=${`/console/users/${user}`}>${name ?? 'Unnamed user'}</a>` : nothing}${reservationBadge(reservation)}</div>
    <p>${seatsOf(reservation)}</p>
    <p class="small quiet">${money(amount)} · held ${moment(held)}${status === 'HELD' ? ` · until ${new Date(expires).toLocaleTimeString()}` : ''}${reason ? ` · ${REASONS[reason]}` : ''}</p>
    <p class="small quiet mono">${reservation.id}</p>
    <div class="row">${actions(reservation, done)}<a class="small" href=${`/console/log?subject=${status === 'CONFIRMED' || reason === 'REFUNDED' ? reservation.payment_id : reservation.id}`}>Audit log</a></div>
  </div>`;
}

