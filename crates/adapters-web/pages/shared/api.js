// Requests to the API on the same origin.
import { language } from './language.js';
import { ProblemError, problemOf } from './problem.js';
import { session } from './session.js';
import { pause } from './time.js';

const ATTEMPTS = 6;

/**
 * @typedef {object} Options
 * @property {unknown} [body] the JSON body
 * @property {string} [key] the idempotency key: it belongs to the action of the user, not to the request
 * @property {string} [queueToken] the queue token
 * @property {string} [ifMatch] the version to change
 * @property {AbortSignal} [signal]
 * @property {'json' | 'blob'} [as] how to read the response
 * @property {number} [attempts] how often the request is sent at most
 */

/**
 * Sends a request; repeats it, with the same key, after a broken connection and after 429 and 503.
 * @param {string} method
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
export async function request(method, path, options = {}) {
  const { body, signal, as = 'json', attempts = ATTEMPTS } = options;
  let renewed = false;
  for (let attempt = 1; ; attempt += 1) {
    /** @type {Response | null} */
    let response = null;
    /** @type {string | undefined} */
    let token;
    try {
      token = await session.accessToken();
      const content = body === undefined ? {} : { body: JSON.stringify(body) };
      response = await fetch(path, { method, headers: headersOf(options, token), ...content, ...(signal ? { signal } : {}) });
    } catch (error) {
      if (signal?.aborted || attempt === attempts) throw error;
    }
    if (response?.ok) return response.status === 204 ? undefined : response[as]();
    if (response?.status === 401 && token && !renewed) {
      renewed = true;
      session.expire();
      continue;
    }
    const problem = response ? await problemOf(response) : undefined;
    const again = !response || response.status === 429 || response.status === 503;
    if (problem && (!again || attempt === attempts)) throw problem;
    await pause(1000 * (problem?.retryAfter ?? 1), signal);
  }
}

/**
 * @param {Options} options
 * @param {string | undefined} token
 */
export function headersOf({ body, key, queueToken, ifMatch }, token) {
  const headers = new Headers({ 'accept-language': language });
  if (body !== undefined) headers.set('content-type', 'application/json');
  if (token) headers.set('authorization', `Bearer ${token}`);
  if (queueToken) headers.set('queue-token', queueToken);
  if (key) headers.set('idempotency-key', key);
  if (ifMatch) headers.set('if-match', ifMatch);
  return headers;
}

/** @param {string} path @param {Options} [options] */
export const get = (path, options) => request('GET', path, options);
/** @param {string} path @param {Options} [options] */
export const post = (path, options) => request('POST', path, options);
/** @param {string} path @param {Options} [options] */
export const remove = (path, options) => request('DELETE', path, options);

/**
 * Reads all pages of a list, at most `limit` items.
 * @param {string} path
 * @param {number} [limit]
 */
export async function list(path, limit = 200) {
  const items = [];
  /** @type {string | null} */
  let cursor = null;
  do {
    const more = cursor === null ? '' : `${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
    const page = await get(path + more);
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null && items.length < limit);
  return items;
}

/** Creates an idempotency key. */
export function newKey() {
  // `randomUUID` exists in secure contexts only: not on a plain address of a local network.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}

/** The idempotency key of an action of the user: the same while the action is repeated, another one for another action. */
export class ActionKey {
  #body = '';
  #key = '';

  /** @param {unknown} body the body of the request */
  for(body) {
    const text = JSON.stringify(body);
    if (text !== this.#body) [this.#body, this.#key] = [text, newKey()];
    return this.#key;
  }

  /** @param {unknown} [error] the action has an outcome, unless the error leaves it unknown */
  end(error) {
    const isKnown = error === undefined || (error instanceof ProblemError && (error.problem.status ?? 500) < 500);
    if (isKnown) this.#body = '';
  }
}

/** Creates the id of something new: a request that is repeated then finds it, instead of creating another one. */
export function newId() {
  const key = newKey();
  // As RFC 9562 marks random ids.
  const marked = `${key.slice(0, 12)}4${key.slice(13, 16)}8${key.slice(17)}`;
  return marked.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * Creates something with an id of the page; it may exist already, since a response was lost.
 * @param {string} path
 * @param {{ id: string } & Record<string, unknown>} body
 */
export async function createOnce(path, body) {
  await post(path, { body }).catch(error => {
    const exists = error instanceof ProblemError && error.code === 'ALREADY_EXISTS' && error.problem['id'] === body.id;
    if (!exists) throw error;
  });
}

export { ProblemError };
