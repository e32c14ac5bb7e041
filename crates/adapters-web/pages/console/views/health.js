// Health: the ledger, the audit of all invariants, and the readers of the event log.
import { html, nothing } from '../../shared/html.js';
import { get, post } from '../../shared/api.js';
import { integer, moment } from '../../shared/format.js';
import { pause } from '../../shared/time.js';
import { figure, heading, problemNotice, problemText, toast } from '../frame.js';
import { ledger } from '../ledger.js';
import { keepReading } from '../live.js';

/** @typedef {import('../types.js').Schemas} Schemas */
/** @typedef {Schemas['Audit']} Audit */

/** @param {import('../../shared/router.js').Context} context */
export function health({ update, signal }) {
  const check = ledger(update, signal);
  /** @type {Audit | undefined} */
  let audit;
  /** @type {Schemas['EventReaders'] | undefined} */
  let readers;
  /** @type {unknown} */
  let problem;
  keepReading(5_000, signal, async () => { readers = await get('/v1/admin/event-readers', { signal }); }, error => { problem = error; update(); });

  async function run() {
    try {
      audit = /** @type {Audit} */ (await post('/v1/admin/audits'));
      update();
      while (audit.status === 'RUNNING') {
        await pause(1_000, signal);
        audit = /** @type {Audit} */ (await get(`/v1/admin/audits/${audit.id}`, { signal }));
        update();
      }
    } catch (error) {
      if (!signal.aborted) toast(problemText(error), 'bad');
    }
  }

  return {
    title: () => 'Health',
    template: () => html`
      ${heading('Health')}${problemNotice(problem)}
      <dl class="figures">${check.figure()}${readers ? figure('Event log', integer(readers.end - readers.start), `events are kept, up to ${integer(readers.end)}`) : nothing}</dl>
      <div class="halves">
        <section class="card stack"><div class="row between"><h2>Audit</h2><button class="small-button" ?disabled=${audit?.status === 'RUNNING'} @click=${run}>Run an audit</button></div>
          <p class="quiet">It reads every row and checks each promise: no seat sold twice, no money lost, no place in a queue skipped. The sale goes on meanwhile.</p>
          ${audit ? auditResult(audit) : nothing}</section>
        <section class="card stack"><h2>Readers of the event log</h2>${readers?.items.length ? html`<ul class="lines">${readers.items.map(({ name, behind }) => html`<li><span>${name}</span><span class="numbers quiet">${integer(behind)} behind</span></li>`)}</ul>` : html`<p class="quiet">None.</p>`}</section>
      </div>`,
  };

  /** @param {Audit} audit */
  function auditResult(audit) {
    if (audit.status === 'RUNNING') return html`<p class="notice" role="status">Running since ${moment(audit.started_at)} …</p>`;
    if (audit.status !== 'COMPLETED') return html`<p class="notice bad" role="alert">The audit has failed. The server’s log has the cause.</p>`;
    return html`<p class=${`notice ${audit.holds ? 'good' : 'bad'}`} role="status">${audit.holds ? '✓ Every invariant holds.' : '✗ Some invariants are violated.'}</p>
      <ul class="lines">${(audit.findings ?? []).map(finding => html`<li><span>${finding.name.replaceAll('_', ' ')} <span class="small quiet">${finding.promise}</span></span><span class=${finding.violations === 0 ? 'good-text' : 'bad-text'}>${finding.violations === 0 ? '✓ holds' : `✗ ${integer(finding.violations)} violations`}</span></li>`)}</ul>`;
  }
}
