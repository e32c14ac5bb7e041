// The controls of a queue: state, capacity, message, and users to admit now.
import { html, nothing } from '../shared/html.js';
import { newKey, post, request } from '../shared/api.js';
import { integer } from '../shared/format.js';
import { ask } from './ask.js';
import { problemText, toast } from './frame.js';

/** @typedef {import('./types.js').QueueReport} QueueReport */

const STATES = { OPEN: ['Open', 'good'], PAUSED: ['Paused', 'warn'], CLOSED: ['Closed', 'bad'] };
/** The slider ends here unless the capacity is higher; the field beside it takes any. */
const SLIDER = 500;

/** @param {Pick<QueueReport, 'state'>} queue */
export const stateBadge = ({ state }) => html`<span class=${`badge ${STATES[state][1]}`}>${STATES[state][0]}</span>`;

export class QueueControls {
  /** @type {QueueReport | undefined} */
  #queue;
  /** @type {number | undefined} what the operator has set, until it is applied */
  #capacity;
  /** @type {string | undefined} */
  #message;
  #isBusy = false;
  /** The key of one admission, kept until it has an outcome. */
  #key = newKey();

  /** @param {() => void} update @param {() => void} refresh reads the queue again */
  constructor(update, refresh) {
    this.update = update;
    this.refresh = refresh;
  }

  /** @param {QueueReport} queue */
  receive(queue) {
    this.#queue = queue;
  }

  /** @param {() => Promise<string>} action runs an action, which returns what it has done */
  async #run(action) {
    this.#isBusy = true;
    this.update();
    try {
      toast(await action());
    } catch (error) {
      toast(problemText(error), 'bad');
    } finally {
      this.#isBusy = false;
      this.refresh();
      this.update();
    }
  }

  /** @param {string} step @param {string} done */
  #step(step, done) {
    return this.#run(async () => {
      this.#queue = await post(`/v1/admin/queues/${this.#queue?.id}:${step}`);
      return done;
    });
  }

  async #close() {
    const waiting = this.#queue?.figures.waiting ?? 0;
    const effect = html`<ul class="effects"><li>No one can join any more.</li><li><strong class="numbers">${integer(waiting)}</strong> waiting users keep their places and are still admitted.</li><li>It can be opened again.</li></ul>`;
    if ((await ask({ title: 'Close the queue?', effect, action: 'Close the queue', danger: true })) !== undefined) await this.#step('close', 'The queue is closed.');
  }

  /** @param {Record<string, unknown>} body @param {string} done */
  #change(body, done) {
    return this.#run(async () => {
      const { id, version } = /** @type {QueueReport} */ (this.#queue);
      this.#queue = await request('PATCH', `/v1/admin/queues/${id}`, { body, ifMatch: `"${version}"` });
      [this.#capacity, this.#message] = [undefined, undefined];
      return done;
    });
  }

  /** @param {SubmitEvent} event */
  #admit(event) {
    event.preventDefault();
    const count = Number(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('count'));
    return this.#run(async () => {
      const { admitted } = await post(`/v1/admin/queues/${this.#queue?.id}:admit`, { body: { count }, key: this.#key });
      this.#key = newKey();
      return admitted === 0 ? 'No one was admitted: there is no free place, or no one waits.' : `${integer(admitted)} ${admitted === 1 ? 'user was' : 'users were'} admitted.`;
    });
  }

  /** @param {unknown} title */
  template(title) {
    const queue = this.#queue;
    if (!queue) return nothing;
    const { policy, figures, overrides } = queue;
    const capacity = this.#capacity ?? policy.capacity;
    const message = this.#message ?? queue.message ?? '';
    const high = Math.max(SLIDER, policy.capacity * 2);
    const set = (/** @type {Event} */ event) => {
      const value = Number(/** @type {HTMLInputElement} */ (event.target).value);
      this.#capacity = value === policy.capacity ? undefined : value;
      this.update();
    };
    return html`<section class="card stack controls" aria-label=${`Queue ${queue.name}`}>
      <div class="row between">${title}
        <div class="row">
          ${queue.state === 'OPEN' ? html`<button class="warn-fill" id="pause" ?disabled=${this.#isBusy} @click=${() => this.#step('pause', 'Admission is paused. Users can still join.')}>Pause</button>` : nothing}
          ${queue.state === 'PAUSED' ? html`<button class="primary" id="resume" ?disabled=${this.#isBusy} @click=${() => this.#step('resume', 'Users are admitted again.')}>Resume</button>` : nothing}
          ${queue.state === 'CLOSED' ? html`<button class="primary" ?disabled=${this.#isBusy} @click=${() => this.#step('open', 'The queue is open.')}>Open</button>` : html`<button ?disabled=${this.#isBusy} @click=${() => this.#close()}>Close</button>`}
        </div></div>
      <p class="small quiet numbers">${integer(figures.waiting)} waiting · ${integer(figures.active)} active${figures.admitted === null || figures.admitted === undefined ? '' : ` · ${integer(figures.admitted)} admitted so far`}${figures.no_shows ? ` · ${integer(figures.no_shows)} never came` : ''}</p>
      <form class="stack tight" @submit=${(/** @type {SubmitEvent} */ event) => { event.preventDefault(); void this.#change({ policy: { capacity } }, `The capacity is ${integer(capacity)} now.`); }}>
        <div class="row between"><label for="capacity" class="label">Active at once</label><input class="number" type="number" id="capacity" min="0" max="10000000" required .value=${String(capacity)} @input=${set}></div>
        <input type="range" aria-label="Active at once" min="0" max=${high} step="1" .value=${String(Math.min(capacity, high))} @input=${set}>
        <div class="row between"><span class="small quiet">${this.#capacity === undefined ? (overrides.capacity === null || overrides.capacity === undefined ? 'The configured default.' : 'Set for this queue.') : capacity > policy.capacity ? `${integer(capacity - policy.capacity)} more places, filled within seconds.` : 'All keep their places; fewer are admitted.'}</span>
          <div class="row">${this.#capacity === undefined ? nothing : html`<button type="button" class="plain small-button" @click=${() => { this.#capacity = undefined; this.update(); }}>Undo</button>`}<button class="small-button" id="apply-capacity" ?disabled=${this.#isBusy || this.#capacity === undefined}>Apply</button></div></div>
      </form>
      <form class="stack tight" @submit=${(/** @type {SubmitEvent} */ event) => { event.preventDefault(); void this.#change({ message: message.trim() === '' ? null : message.trim() }, message.trim() === '' ? 'The message is removed.' : 'Waiting users see the message.'); }}>
        <label class="field">Message to everyone who waits<textarea id="message" rows="2" maxlength="1000" .value=${message} @input=${(/** @type {Event} */ event) => { const { value } = /** @type {HTMLTextAreaElement} */ (event.target); this.#message = value === (queue.message ?? '') ? undefined : value; this.update(); }}></textarea></label>
        <div class="row between"><span class="small quiet">${queue.message ? 'Shown now.' : 'None is shown.'}</span><button class="small-button" id="apply-message" ?disabled=${this.#isBusy || this.#message === undefined}>${message.trim() === '' && queue.message ? 'Remove' : 'Show'}</button></div>
      </form>
      <form class="row between" @submit=${(/** @type {SubmitEvent} */ event) => this.#admit(event)}>
        <label class="row label">Admit now <input class="number" type="number" name="count" min="1" max="10000" value="10" required></label>
        <button class="small-button" ?disabled=${this.#isBusy}>Admit</button>
      </form>
    </section>`;
  }
}
