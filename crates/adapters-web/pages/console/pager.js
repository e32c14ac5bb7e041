// A list that is read page by page.
import { html, nothing } from '../shared/html.js';
import { get } from '../shared/api.js';

export class Pager {
  /** @type {any[] | undefined} */
  items;
  /** @type {string | null} */
  next = null;
  isBusy = false;
  /** @type {unknown} */
  problem;
  #path = '';
  #reads = 0;

  /** @param {() => void} update @param {AbortSignal} signal */
  constructor(update, signal) {
    this.update = update;
    this.signal = signal;
  }

  /** @param {string} path reads the first page of another list */
  async open(path) {
    this.#path = path;
    await this.#read(null);
  }

  /** Reads the first page again. */
  async again() {
    await this.#read(null);
  }

  /** @param {string | null} cursor */
  async #read(cursor) {
    const read = (this.#reads += 1);
    this.isBusy = true;
    this.update();
    try {
      const more = cursor === null ? '' : `${this.#path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
      const page = await get(this.#path + more, { signal: this.signal });
      if (read !== this.#reads) return;
      this.items = cursor === null ? page.items : [...(this.items ?? []), ...page.items];
      this.next = page.next_cursor;
      this.problem = undefined;
    } catch (error) {
      if (read === this.#reads && !this.signal.aborted) this.problem = error;
    } finally {
      if (read === this.#reads) this.isBusy = false;
      if (!this.signal.aborted) this.update();
    }
  }

  more() {
    return this.next === null ? nothing : html`<div class="row centre"><button class="small-button" ?disabled=${this.isBusy} @click=${() => this.#read(this.next)}>Show more</button></div>`;
  }
}
