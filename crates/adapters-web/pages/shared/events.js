// Server-sent events on `fetch`, which can send the access token and the queue token.
import { headersOf } from './api.js';
import { ProblemError, problemOf } from './problem.js';
import { session } from './session.js';
import { pause } from './time.js';

const MAX_PAUSE = 30_000;

/** @typedef {{ name: string, id: string | undefined, data: any }} ServerEvent */

/**
 * Follows a stream: calls `receive` with each event, reconnects after interruptions, and continues where the stream was interrupted.
 * Returns when the server has ended it for good.
 * @param {string} path
 * @param {{ queueToken?: string, signal: AbortSignal, receive: (event: ServerEvent) => void, interrupted?: () => void }} options
 */
export async function follow(path, { queueToken, signal, receive, interrupted }) {
  /** @type {string | undefined} */
  let last;
  let retry = 1000;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const headers = headersOf(queueToken ? { queueToken } : {}, await session.accessToken());
      headers.set('accept', 'text/event-stream');
      if (last) headers.set('last-event-id', last);
      const response = await fetch(path, { headers, signal, cache: 'no-store' });
      if (response.status === 204) return;
      if (!response.ok || !response.body) {
        const problem = await problemOf(response);
        if (response.status === 401 && session.isSignedIn) await session.renew();
        if (isFinal(response.status) || !session.isSignedIn) throw problem;
        retry = 1000 * (problem.retryAfter ?? 1);
        failures += 1;
      } else {
        failures = 0;
        for await (const event of read(response.body)) {
          last = event.id ?? last;
          retry = event.retry ?? retry;
          if (event.data !== undefined) receive({ name: event.name, id: event.id, data: JSON.parse(event.data) });
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ProblemError && (isFinal(error.problem.status ?? 0) || !session.isSignedIn)) throw error;
      failures += 1;
    }
    interrupted?.();
    await pause(Math.min(MAX_PAUSE, retry * 2 ** Math.max(0, failures - 1)), signal).catch(() => undefined);
  }
}

/** @param {number} status whether repeating the request won't help */
const isFinal = status => status >= 400 && status < 500 && ![401, 408, 429].includes(status);

/** @param {ReadableStream<Uint8Array>} body */
async function* read(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) yield parse(frame);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** @param {string} frame */
function parse(frame) {
  /** @type {Map<string, string>} */
  const fields = new Map();
  for (const line of frame.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''));
  }
  const retry = fields.get('retry');
  return { name: fields.get('event') ?? 'message', id: fields.get('id'), data: fields.get('data'), retry: retry ? Number(retry) : undefined };
}
