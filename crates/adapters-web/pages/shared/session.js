// Who is signed in. The access token is kept in memory only; the session behind it is a cookie that no script can read.
import { language } from './language.js';
import { problemOf } from './problem.js';

/** Set while there is a session, so that visitors without one send no request. */
const HINT = 'frontrow.session';
/** The access token is renewed this long before it expires. */
const MARGIN_MILLISECONDS = 15_000;

/** @typedef {{ token: string, session: string, until: number }} Access */

class Session extends EventTarget {
  /** @type {Access | undefined} */
  #access;
  /** @type {Promise<void> | undefined} */
  #renewal;

  get isSignedIn() {
    return this.#access !== undefined || localStorage.getItem(HINT) !== null;
  }

  /** Returns a valid access token, if the user is signed in. */
  async accessToken() {
    if (!this.isSignedIn) return undefined;
    if (!this.#access || this.#access.until - MARGIN_MILLISECONDS < performance.now()) await this.renew();
    return this.#access?.token;
  }

  /** The access token was refused: the next request obtains another one. */
  expire() {
    if (this.#access) this.#access.until = 0;
  }

  /** Obtains another access token; without a session the user is signed out. */
  async renew() {
    this.#renewal ??= this.#refresh().finally(() => { this.#renewal = undefined; });
    await this.#renewal;
  }

  async #refresh() {
    // One tab at a time: each refresh replaces the cookie.
    await exclusively(async () => {
      const response = await fetch('/v1/sessions:refresh', { method: 'POST' });
      if (response.ok) this.#accept(await response.json());
      else if (response.status === 401) this.forget();
      else throw await problemOf(response);
    });
  }

  /**
   * Registers a user, and starts a session.
   * @param {string} name
   * @param {string} key the idempotency key of the registration
   */
  async register(name, key) {
    const headers = { 'content-type': 'application/json', 'accept-language': language, 'idempotency-key': key };
    const response = await fetch('/v1/users', { method: 'POST', headers, body: JSON.stringify({ name }) });
    if (!response.ok) throw await problemOf(response);
    const { access_token: token } = await response.json();
    await this.#start({ authorization: `Bearer ${token}` }, {});
  }

  /** @param {string} token starts a session of the user of this access token */
  async startWithToken(token) {
    await this.#start({ authorization: `Bearer ${token}` }, {});
  }

  /** @param {string} code starts a session with a one-time code */
  async startWithCode(code) {
    await this.#start({}, { code });
  }

  /** @param {Record<string, string>} headers @param {unknown} body */
  async #start(headers, body) {
    const all = { 'content-type': 'application/json', 'accept-language': language, ...headers };
    await exclusively(async () => {
      // The browser has one cookie: a session whose cookie is replaced would remain, and nobody could use it.
      if (this.#access) await this.#revoke(this.#access);
      const response = await fetch('/v1/sessions', { method: 'POST', headers: all, body: JSON.stringify(body) });
      if (!response.ok) throw await problemOf(response);
      this.#accept(await response.json());
    });
  }

  /** Ends the session. */
  async end() {
    await this.accessToken();
    await exclusively(async () => {
      if (this.#access) await this.#revoke(this.#access);
      this.forget();
    });
  }

  /** @param {Access} access ends a session, which may have ended already */
  async #revoke({ token, session: id }) {
    const response = await fetch(`/v1/sessions/${id}`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } });
    if (!response.ok && response.status !== 401 && response.status !== 404) throw await problemOf(response);
  }

  /** @param {import('./types.js').Schemas['SignedIn']} started */
  #accept({ access_token: token, expires_in_seconds: seconds, session: { id } }) {
    localStorage.setItem(HINT, '1');
    this.#access = { token, session: id, until: performance.now() + seconds * 1000 };
    this.dispatchEvent(new Event('change'));
  }

  /** The user is signed out. */
  forget() {
    localStorage.removeItem(HINT);
    this.#access = undefined;
    this.dispatchEvent(new Event('change'));
  }
}

/**
 * Runs `action` in one tab at a time.
 * @param {() => Promise<void>} action
 */
async function exclusively(action) {
  // Absent on a plain address of a local network.
  if (navigator.locks) await navigator.locks.request('frontrow.session', action);
  else await action();
}

export const session = new Session();
// Another tab has signed the user out.
addEventListener('storage', ({ key, newValue }) => { if (key === HINT && newValue === null) session.forget(); });
