// An order: the held seats, the time to pay, the wallet, the payment.
import { html, nothing } from '../../shared/html.js';
import { ActionKey, get, newKey, post, remove } from '../../shared/api.js';
import { dateAndTime, money } from '../../shared/format.js';
import { countdown, everySecond, inSeconds, secondsUntil } from '../../shared/time.js';
import { announce, loading, problemNotice } from '../frame.js';
import { endTurn, requireToken } from '../purchase.js';
import { t } from '../texts.js';

/** @typedef {import('../../shared/types.js').Reservation} Reservation */
/** @typedef {import('../../shared/types.js').Money} Money */

/** The user is warned when this many seconds are left. */
const WARNING_SECONDS = 60;

/** @param {import('../../shared/router.js').Context} context */
export function order({ update, signal, navigate, parameter: id }) {
  /** @type {Reservation | undefined} */
  let reservation;
  /** @type {Money | undefined} */
  let balance;
  /** @type {number | undefined} */
  let deadline;
  /** @type {unknown} */
  let problem;
  let isBusy = false;
  let isWarned = false;
  // The keys of this order: pressing a button again neither pays nor charges twice.
  const payKey = newKey();
  const chargeKey = new ActionKey();

  async function read() {
    reservation = await get(`/v1/reservations/${encodeURIComponent(id)}`);
    const seconds = reservation?.expires_in_seconds;
    deadline = typeof seconds === 'number' ? inSeconds(seconds) : undefined;
    balance = (await get('/v1/wallet')).balance;
    update();
  }

  /** @param {() => Promise<void>} action */
  async function act(action) {
    if (isBusy) return;
    isBusy = true;
    problem = undefined;
    update();
    try {
      await action();
    } catch (error) {
      problem = error;
      await read().catch(() => undefined);
    } finally {
      isBusy = false;
      if (!signal.aborted) update();
    }
  }

  const concert = () => reservation?.schedule?.concert_id ?? '';

  /** @param {Money} amount */
  const charge = amount => act(async () => {
    const charged = await post('/v1/wallet/charges', { body: { amount }, key: chargeKey.for(amount) });
    chargeKey.end();
    balance = charged.balance;
    // The button that had the focus is gone.
    setTimeout(() => document.getElementById('pay')?.focus());
  });

  const pay = () => act(async () => {
    const queueToken = await requireToken(concert());
    await post('/v1/payments', { body: { reservation_id: id }, key: payKey, queueToken });
    endTurn(concert(), 'PAID');
    announce(t('order.paid'));
    navigate('/tickets?paid=1', { replace: true });
  });

  const release = () => act(async () => {
    await remove(`/v1/reservations/${id}`, { queueToken: await requireToken(concert()) });
    navigate(`/seats/${concert()}?schedule=${reservation?.schedule_id}`, { replace: true });
  });

  everySecond(() => {
    if (deadline === undefined) return;
    const seconds = secondsUntil(deadline);
    if (seconds <= WARNING_SECONDS && seconds > 0 && !isWarned) {
      isWarned = true;
      announce(t('order.warning'));
    }
    if (seconds === 0 && !isBusy) {
      deadline = undefined;
      void read().catch(() => undefined);
    }
    update();
  }, signal);
  // Clocks may stand still while a device sleeps.
  document.addEventListener('visibilitychange', () => { if (!document.hidden) read().catch(() => undefined); }, { signal });
  read().catch(error => {
    problem = error;
    update();
  });

  return {
    title: () => t('order.title'),
    template: () => html`
      <h1 tabindex="-1">${t('order.title')}</h1>
      ${problemNotice(problem)}
      ${reservation ? body(reservation) : problem ? html`<p><a href="/">${t('back')}</a></p>` : loading()}`,
  };

  /** @param {Reservation} reservation */
  function body({ status, seats, amount, schedule, expires_in_seconds: seconds, cancelled_reason: reason }) {
    const isHeld = status === 'HELD' && typeof seconds === 'number' && deadline !== undefined;
    return html`<div class="checkout">
      <section class="card stack">
        <div><h2>${schedule?.concert?.name ?? ''}</h2>
          <p class="quiet">${schedule ? dateAndTime(schedule.starts_at, schedule.zone) : ''}${schedule?.venue ? ` · ${schedule.venue.name}` : ''}</p></div>
        <ul class="lines">${seats.map(({ label, price }) => html`<li><span class="seat-name">${label}</span><span>${money(price)}</span></li>`)}</ul>
        <p class="total"><span>${t('seats.total')}</span><span>${money(amount)}</span></p>
      </section>
      <section class="card stack">${isHeld ? payment(amount) : outcome(status, reason)}</section>
    </div>`;
  }

  /** @param {Money} amount */
  function payment(amount) {
    const seconds = secondsUntil(/** @type {number} */ (deadline));
    const missing = balance ? amount.amount - balance.amount : 0;
    return html`
      <p class="clock"><span class="quiet small">${t('order.held')}</span><span role="timer">${countdown(seconds)}</span></p>
      ${seconds <= WARNING_SECONDS ? html`<p class="notice warn">${t('order.warning')}</p>` : nothing}
      <ul class="lines">
        <li><span>${t('order.balance')}</span><span>${balance ? money(balance) : '…'}</span></li>
        ${missing > 0 ? html`<li><span>${t('order.missing')}</span><strong>${money({ ...amount, amount: missing })}</strong></li>` : nothing}
      </ul>
      ${missing > 0 ? html`<button class="primary wide" id="charge" ?disabled=${isBusy} @click=${() => charge({ ...amount, amount: missing })}>${t('order.charge', { amount: money({ ...amount, amount: missing }) })}</button>` : nothing}
      <button class=${missing > 0 ? 'wide' : 'primary wide'} id="pay" ?disabled=${isBusy || !balance || missing > 0} @click=${pay}>${t('order.pay', { amount: money(amount) })}</button>
      <button class="plain wide" id="release" ?disabled=${isBusy} @click=${release}>${t('order.release')}</button>`;
  }

  /** @param {Reservation['status']} status @param {Reservation['cancelled_reason']} reason */
  function outcome(status, reason) {
    if (status === 'CONFIRMED') return html`<p>${t('order.paid')}</p><a class="button primary" href="/tickets">${t('order.toTickets')}</a>`;
    const isExpired = status === 'HELD' || reason === 'EXPIRED';
    return html`<h2>${t(isExpired ? 'order.expired.title' : 'order.cancelled')}</h2>
      ${isExpired ? html`<p class="quiet">${t('order.expired.detail')}</p>` : nothing}
      <a class="button primary" href=${`/seats/${concert()}`}>${t('order.choose')}</a>`;
  }
}
