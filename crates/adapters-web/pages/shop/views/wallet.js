// The wallet: balance, money added, and every entry.
import { html, nothing } from '../../shared/html.js';
import { ActionKey, get, list, post } from '../../shared/api.js';
import { dateAndTime, digits, money } from '../../shared/format.js';
import { session } from '../../shared/session.js';
import { announce, loading, problemNotice, signIn } from '../frame.js';
import { t } from '../texts.js';

/** @typedef {import('../../shared/types.js').WalletEntry} WalletEntry */
/** @typedef {import('../../shared/types.js').Money} Money */

/**
 * Returns the amounts that can be added: a currency without smaller units is worth about a thousandth.
 * @param {string} currency
 */
const amounts = currency => [50, 100, 200].map(amount => ({ amount: amount * (digits(currency) === 0 ? 1_000 : 10 ** digits(currency)), currency }));

/** @param {import('../../shared/router.js').Context} context */
export function wallet({ update }) {
  /** @type {Money | undefined} */
  let balance;
  /** @type {WalletEntry[] | undefined} */
  let entries;
  /** @type {unknown} */
  let problem;
  let message = '';
  let isSignedIn = session.isSignedIn;
  let isBusy = false;
  const key = new ActionKey();

  async function read() {
    isSignedIn = (await session.accessToken()) !== undefined;
    if (isSignedIn) [{ balance }, entries] = await Promise.all([get('/v1/wallet'), list('/v1/wallet/entries?page_size=50', 100)]);
    update();
  }

  /** @param {Money} amount */
  async function charge(amount) {
    if (isBusy) return;
    isBusy = true;
    update();
    try {
      await post('/v1/wallet/charges', { body: { amount }, key: key.for(amount) });
      key.end();
      message = t('wallet.added', { amount: money(amount) });
      announce(message);
      problem = undefined;
      await read();
    } catch (error) {
      key.end(error);
      problem = error;
    } finally {
      isBusy = false;
      update();
    }
  }

  read().catch(error => {
    problem = error;
    update();
  });

  return {
    title: () => t('wallet.title'),
    template: () => {
      if (!isSignedIn) return html`<div class="empty"><h1 tabindex="-1">${t('wallet.title')}</h1><button class="primary" @click=${async () => { if (await signIn()) read().catch(error => { problem = error; update(); }); }}>${t('account.signIn')}</button></div>`;
      return html`
        <h1 tabindex="-1">${t('wallet.title')}</h1>
        ${message ? html`<p class="notice good">${message}</p>` : nothing}
        ${problemNotice(problem)}
        ${balance && entries ? body(balance, entries) : problem ? nothing : loading()}`;
    },
  };

  /** @param {Money} balance @param {WalletEntry[]} entries */
  function body(balance, entries) {
    return html`<div class="checkout">
      <section class="card stack">
        <h2>${t('wallet.entries')}</h2>
        ${entries.length === 0 ? html`<p class="quiet">${t('wallet.none')}</p>` : html`<ul class="lines">${entries.map(entry => html`<li>
          <span><strong>${t(`wallet.${entry.kind}`)}</strong>${entry.schedule ? html` · ${entry.schedule.concert.name}` : nothing}<br>
            <span class="quiet small">${dateAndTime(entry.created_at, undefined)}${entry.seats ? ` · ${entry.seats.map(({ label }) => label).join(', ')}` : ''}</span></span>
          <strong class="numbers">${entry.amount.amount > 0 ? '+' : ''}${money(entry.amount)}</strong></li>`)}</ul>`}
      </section>
      <section class="card stack">
        <div><p class="quiet">${t('wallet.balance')}</p><p class="balance numbers">${money(balance)}</p></div>
        <h2>${t('wallet.add')}</h2>
        <div class="amounts">${amounts(balance.currency).map(amount => html`<button ?disabled=${isBusy} @click=${() => charge(amount)}>+ ${money(amount)}</button>`)}</div>
      </section>
    </div>`;
  }
}
