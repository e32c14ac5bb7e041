// The state of a concert, and the time until its sale opens.
import { html, nothing } from '../shared/html.js';
import { countdown, everySecond } from '../shared/time.js';
import { t } from './texts.js';

/** @typedef {import('../shared/types.js').Concert} Concert */

const TONES = { ANNOUNCED: 'accent', ON_SALE: 'good', SOLD_OUT: 'warn', ENDED: '', CANCELLED: 'bad' };

/** @param {Pick<Concert, 'state'>} concert */
export const stateBadge = ({ state }) => html`<span class=${`badge ${TONES[state] ?? ''}`}>${t(`state.${state}`)}</span>`;

/** @param {Concert} concert the seconds until the sale opens, by this device's clock: dates are too far away for it to matter */
export const secondsToSale = ({ state, sale_opens_at: opens }) =>
  state === 'ANNOUNCED' && opens ? Math.max(0, Math.ceil((Date.parse(opens) - Date.now()) / 1000)) : undefined;

/**
 * Returns a template of the time until the sale of a concert opens, if that is less than a day away. While one is shown, the page is drawn
 * every second.
 * @param {() => void} update
 * @param {AbortSignal} signal
 */
export function saleCountdown(update, signal) {
  let isShown = false;
  everySecond(() => { if (isShown) update(); }, signal);
  return (/** @type {Concert} */ concert) => {
    const seconds = secondsToSale(concert);
    if (seconds === undefined || seconds > 86_400) return nothing;
    isShown = true;
    return html`<span class="badge numbers">${t('concert.opens')} ${countdown(seconds)}</span>`;
  };
}
