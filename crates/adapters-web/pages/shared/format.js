// Amounts, dates and durations in the user's language.
import { language } from './language.js';

/** @typedef {import('./types.js').Money} Money */

const formats = new Map();

/** @param {string} currency @returns {Intl.NumberFormat} */
function currencyFormat(currency) {
  let format = formats.get(currency);
  if (!format) {
    format = new Intl.NumberFormat(language, { style: 'currency', currency });
    formats.set(currency, format);
  }
  return format;
}

/** @param {string} currency returns the number of digits after the decimal point */
export const digits = currency => currencyFormat(currency).resolvedOptions().maximumFractionDigits ?? 0;

/** @param {Money} money returns the amount, which is in minor units: KRW has none, USD has cents */
export function money({ amount, currency }) {
  return currencyFormat(currency).format(amount / 10 ** digits(currency));
}

const number = new Intl.NumberFormat(language);
/** @param {number} count */
export const integer = count => number.format(count);

/** @param {string} instant @param {string | null | undefined} zone */
export const dateAndTime = (instant, zone) => dated(instant, zone, { dateStyle: 'full', timeStyle: 'short' });
/** @param {string} instant @param {string | null | undefined} zone */
export const shortDate = (instant, zone) => dated(instant, zone, { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
/** @param {string} instant in the time zone of the device */
export const moment = instant => dated(instant, undefined, { dateStyle: 'medium', timeStyle: 'short' });
/** @param {string} instant @param {string | null | undefined} [zone] */
export const day = (instant, zone) => dated(instant, zone, { day: 'numeric', month: 'short', year: 'numeric' });

/** @param {string} instant @param {string | null | undefined} zone @param {Intl.DateTimeFormatOptions} options */
const dated = (instant, zone, options) =>
  new Intl.DateTimeFormat(language, zone ? { ...options, timeZone: zone } : options).format(new Date(instant));

const duration = (/** @type {number} */ value, /** @type {string} */ unit) =>
  new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(value);

/** @param {number} seconds rounds to what matters to people: seconds, minutes, or hours */
export function about(seconds) {
  if (seconds < 60) return duration(Math.max(1, Math.round(seconds)), 'second');
  if (seconds < 5_400) return duration(Math.round(seconds / 60), 'minute');
  return duration(Math.round(seconds / 3_600), 'hour');
}
