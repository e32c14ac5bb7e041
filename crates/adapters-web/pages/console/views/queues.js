// All queues with their controls.
import { html, nothing } from '../../shared/html.js';
import { list } from '../../shared/api.js';
import { heading, loading, problemNotice } from '../frame.js';
import { keepReading } from '../live.js';
import { QueueControls, stateBadge } from '../queue-controls.js';
import { about, integer } from '../../shared/format.js';

/** @typedef {import('../types.js').QueueReport} QueueReport */

/** @param {import('../../shared/router.js').Context} context */
export function queues({ update, signal }) {
  /** @type {QueueReport[] | undefined} */
  let found;
  /** @type {string | undefined} */
  let chosen;
  /** @type {unknown} */
  let problem;
  const refresh = keepReading(3_000, signal, async () => {
    found = /** @type {QueueReport[]} */ (await list('/v1/admin/queues'));
    chosen ??= found[0]?.id;
    const queue = found.find(({ id }) => id === chosen);
    if (queue) controls.receive(queue);
  }, error => { problem = error; update(); });
  let controls = new QueueControls(update, refresh);

  /** @param {QueueReport} queue */
  function choose(queue) {
    chosen = queue.id;
    controls = new QueueControls(update, refresh);
    controls.receive(queue);
    update();
  }

  return {
    title: () => 'Queues',
    template: () => html`${heading('Queues')}${problemNotice(problem)}
      ${found ? html`<div class="halves">
        <div class="card flush scroll"><table class="rows">
          <thead><tr><th scope="col">Queue</th><th scope="col">State</th><th scope="col" class="right">Waiting</th><th scope="col" class="right">Active</th><th scope="col" class="right">Wait</th></tr></thead>
          <tbody>${found.map(queue => html`<tr aria-selected=${queue.id === chosen}><th scope="row"><button class="link" aria-pressed=${queue.id === chosen} @click=${() => choose(queue)}>${queue.name}</button></th>
            <td>${stateBadge(queue)}</td><td class="right numbers">${integer(queue.figures.waiting)}</td><td class="right numbers">${integer(queue.figures.active)}<span class="small quiet">of ${integer(queue.policy.capacity)}</span></td>
            <td class="right numbers">${queue.figures.estimated_wait.known ? about(queue.figures.estimated_wait.p50_seconds ?? 0) : '–'}</td></tr>`)}</tbody>
        </table></div>
        ${controls.template(html`<h2>${found.find(({ id }) => id === chosen)?.name}</h2>`)}
      </div>` : problem ? nothing : loading()}`,
  };
}
