// The audit log: what operators have done, why, and what changed.
import { html, nothing } from '../../shared/html.js';
import { integer, moment } from '../../shared/format.js';
import { navigate } from '../../shared/router.js';
import { heading, loading, problemNotice } from '../frame.js';
import { Pager } from '../pager.js';

/** @typedef {import('../types.js').AuditEntry} AuditEntry */

/** @type {Record<string, string>} */
const ACTIONS = { CREATE: 'created', CHANGE: 'changed', PAUSE: 'paused', RESUME: 'resumed', CLOSE: 'closed', OPEN: 'opened', ADMIT: 'admitted users to', CANCEL: 'cancelled', LAY_OUT: 'laid out the seats of', BLOCK: 'blocked seats of', UNBLOCK: 'unblocked seats of', RELEASE: 'released', REFUND: 'refunded', CHARGE: 'topped up' };
/** @type {Record<string, string>} */
const KINDS = { QUEUE: 'queue', CONCERT: 'concert', SCHEDULE: 'date', RESERVATION: 'hold', PAYMENT: 'payment', USER: 'user' };
const MAX_TEXT = 120;

/** @param {string} text */
const short = text => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}… (${integer(text.length)} characters)` : text);

/** @param {import('../../shared/router.js').Context} context */
export function log({ update, signal, query }) {
  const pager = new Pager(update, signal);
  const [subject, operator] = [query.get('subject'), query.get('operator')];
  const parameters = new URLSearchParams();
  if (subject) parameters.set('subject_id', subject);
  if (operator) parameters.set('operator_id', operator);
  const text = parameters.toString();
  void pager.open(`/v1/admin/log${text ? `?${text}` : ''}`);

  return {
    title: () => 'Audit log',
    template: () => html`
      ${heading('Audit log', nothing, html`<button class="small-button" ?disabled=${pager.isBusy} @click=${() => pager.again()}>Refresh</button>`)}
      ${subject || operator ? html`<p class="notice"><span>Only ${subject ? html`actions on <span class="mono">${subject}</span>` : html`actions of the operator <span class="mono">${operator}</span>`}</span><button class="small-button" @click=${() => navigate('/console/log')}>Show all</button></p>` : nothing}
      ${problemNotice(pager.problem)}
      ${pager.items === undefined ? pager.problem ? nothing : loading() : pager.items.length === 0 ? html`<p class="empty quiet">No operator has done anything here.</p>` : html`
        <ol class="card log">${pager.items.map(entry)}</ol>${pager.more()}`}`,
  };

  /** @param {AuditEntry} entry */
  function entry({ at, action, operator_id: by, subject: { kind, id }, reason, changes }) {
    return html`<li class="stack tight">
      <div class="row between"><p><strong>${ACTIONS[action] ?? action.toLowerCase()}</strong> ${KINDS[kind] ?? kind.toLowerCase()} <a class="mono small" href=${`/console/log?subject=${id}`}>${id}</a></p><time class="small quiet numbers" datetime=${at}>${moment(at)}</time></div>
      ${reason ? html`<p>“${reason}”</p>` : nothing}
      ${changes.length > 0 ? html`<ul class="changes small">${changes.map(({ name, before, after }) => html`<li><span class="quiet">${name.replaceAll('_', ' ')}</span> ${before === null || before === undefined ? nothing : html`<del>${short(before)}</del> → `}<ins>${after === null || after === undefined ? 'none' : short(after)}</ins></li>`)}</ul>` : nothing}
      <p class="small quiet">by <a href=${`/console/log?operator=${by}`} class="mono">${by}</a></p>
    </li>`;
  }
}
