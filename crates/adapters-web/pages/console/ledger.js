// The periodic check of the ledger: whether money has appeared or vanished.
import { html } from '../shared/html.js';
import { about } from '../shared/format.js';
import { figure } from './frame.js';
import { keepReading } from './live.js';

/** Reads the metrics with these names. @param {string[]} names @returns {Promise<Map<string, number>>} */
async function metrics(names) {
  const response = await fetch('/metrics', { cache: 'no-store' });
  if (!response.ok) throw new Error(`the metrics can’t be read: ${response.status}`);
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const line of (await response.text()).split('\n')) {
    const [, name = '', value] = /^(\w+)(?:\{[^}]*\})? (\S+)$/.exec(line) ?? [];
    if (names.includes(name)) found.set(name, (found.get(name) ?? 0) + Number(value));
  }
  return found;
}

const DRIFT = 'frontrow_ledger_drift_minor_units';
const CHECKED = 'frontrow_ledger_checked_timestamp_seconds';

/** @param {() => void} update @param {AbortSignal} signal */
export function ledger(update, signal) {
  /** @type {{ drift: number, at: number } | undefined} */
  let check;
  keepReading(30_000, signal, async () => {
    const found = await metrics([DRIFT, CHECKED]);
    check = { drift: found.get(DRIFT) ?? 0, at: found.get(CHECKED) ?? 0 };
  }, update);
  return {
    figure() {
      if (!check || check.at === 0) return figure('Ledger', '–', 'not checked yet');
      const detail = `checked ${about(Math.max(1, Date.now() / 1000 - check.at))} ago`;
      return check.drift === 0 ? figure('Ledger', html`<span class="good-text">✓ Balanced</span>`, detail) : figure('Ledger', html`<span class="bad-text">✗ Off by ${check.drift}</span>`, detail);
    },
  };
}
