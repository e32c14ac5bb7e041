// My tickets: they need no turn and stay when it has ended.
import { html, nothing } from '../../shared/html.js';
import { get, list, newKey, post } from '../../shared/api.js';
import { dateAndTime, money } from '../../shared/format.js';
import { session } from '../../shared/session.js';
import { announce, loading, problemNotice, signIn } from '../frame.js';
import { t } from '../texts.js';

/** @typedef {import('../../shared/types.js').Ticket} Ticket */
/** @typedef {import('../../shared/types.js').Payment} Payment */

/** @param {import('../../shared/router.js').Context} context */
export function tickets({ update, signal, query }) {
  /** @type {Ticket[] | undefined} */
  let found;
  /** @type {Map<string, Payment>} */
  let payments = new Map();
  /** The images of the codes, by ticket: an `<img>` can't send the access token. @type {Map<string, string>} */
  const codes = new Map();
  /** @type {Map<string, string>} */
  const keys = new Map();
  /** @type {unknown} */
  let problem;
  let message = query.has('paid') ? t('order.paid') : '';
  let isSignedIn = session.isSignedIn;

  async function read() {
    if (!(await session.accessToken())) {
      isSignedIn = false;
      return update();
    }
    isSignedIn = true;
    const [all, paid] = await Promise.all([list('/v1/tickets?page_size=100'), list('/v1/payments?page_size=100')]);
    found = all;
    payments = new Map(paid.map(payment => [payment.reservation_id, payment]));
    update();
    for (const { id, status } of all) {
      if (status !== 'VALID' || codes.has(id)) continue;
      const image = await get(`/v1/tickets/${encodeURIComponent(id)}/qr`, { as: 'blob' });
      if (signal.aborted) return;
      codes.set(id, URL.createObjectURL(image));
      update();
    }
  }

  /** @param {Payment} payment */
  async function refund(payment) {
    if (!confirm(t('tickets.refundSure', { amount: money(payment.amount) }))) return;
    const key = keys.get(payment.id) ?? newKey();
    keys.set(payment.id, key);
    try {
      await post(`/v1/payments/${payment.id}/refunds`, { body: {}, key });
      message = t('tickets.refunded', { amount: money(payment.amount) });
      announce(message);
      problem = undefined;
    } catch (error) {
      problem = error;
    }
    await read().catch(error => { problem = error; });
    update();
  }

  signal.addEventListener('abort', () => { for (const url of codes.values()) URL.revokeObjectURL(url); }, { once: true });
  read().catch(error => {
    problem = error;
    update();
  });

  return {
    title: () => t('tickets.title'),
    template: () => {
      if (!isSignedIn) return html`<div class="empty"><h1 tabindex="-1">${t('tickets.title')}</h1><button class="primary" @click=${async () => { if (await signIn()) read().catch(error => { problem = error; update(); }); }}>${t('account.signIn')}</button></div>`;
      const valid = found?.filter(({ status }) => status === 'VALID') ?? [];
      const others = found?.filter(({ status }) => status !== 'VALID') ?? [];
      return html`
        <h1 tabindex="-1">${t('tickets.title')}</h1>
        ${message ? html`<p class="notice good">${message}</p>` : nothing}
        ${problemNotice(problem)}
        ${found === undefined ? (problem ? nothing : loading()) : nothing}
        ${found?.length === 0 ? html`<div class="empty"><p class="quiet">${t('tickets.none')}</p><a class="button primary" href="/">${t('nav.home')}</a></div>` : nothing}
        ${valid.length > 0 ? html`<p class="quiet">${t('tickets.hint')}</p>` : nothing}
        ${orders(valid)}
        ${others.length > 0 ? html`<h2>${t('tickets.past')}</h2>${orders(others)}` : nothing}`;
    },
  };

  /** @param {Ticket[]} some */
  function orders(some) {
    /** @type {Map<string, Ticket[]>} */
    const byOrder = new Map();
    for (const ticket of some) byOrder.set(ticket.reservation_id, [...(byOrder.get(ticket.reservation_id) ?? []), ticket]);
    return [...byOrder].map(([reservation, ofOrder]) => {
      const payment = payments.get(reservation);
      const canRefund = payment?.status === 'COMPLETED' && ofOrder.every(({ status }) => status === 'VALID');
      return html`<section class="stack">
        <div class="tickets">${ofOrder.map(ticket)}</div>
        ${canRefund ? html`<div><button class="small-button" @click=${() => refund(payment)}>${t('tickets.refund')}</button></div>` : nothing}
      </section>`;
    });
  }

  /** @param {Ticket} ticket */
  function ticket({ id, seat, schedule, status, used_at: used }) {
    const code = codes.get(id);
    const isCancelled = schedule.cancelled_at !== null;
    return html`<article class=${status === 'VALID' ? 'ticket' : 'ticket void'}>
      <div class="code">${status !== 'VALID' ? html`<span aria-hidden="true">✕</span>` : code ? html`<img src=${code} alt=${t('tickets.code', { label: seat.label })}>` : nothing}</div>
      <div class="stack">
        <div><h2>${schedule.concert.name}</h2><p class="quiet small">${dateAndTime(schedule.starts_at, schedule.zone)}<br>${schedule.venue?.name ?? schedule.concert.host}</p></div>
        <p class="seat-name">${seat.label}</p>
        <p class="row">${isCancelled ? html`<span class="badge bad">${t('tickets.cancelledShow')}</span>` : nothing}
          <span class=${`badge ${status === 'VALID' ? 'good' : ''}`}>${t(`tickets.${status}`, { date: used ? dateAndTime(used, schedule.zone) : '' })}</span>
          <span class="quiet small">${money(seat.price)}</span></p>
      </div>
    </article>`;
  }
}
