// The queue: the user's position, the estimate, and the operators' message. The page follows the token's events; if that is not possible,
// it reads the board while the user is far from the front, and the token otherwise.
import { html, nothing } from '../../shared/html.js';
import { ProblemError, get, remove } from '../../shared/api.js';
import { follow } from '../../shared/events.js';
import { about, integer } from '../../shared/format.js';
import { session } from '../../shared/session.js';
import { chime, prepareSound } from '../../shared/sound.js';
import { pause } from '../../shared/time.js';
import { announce, loading, problemNotice, signIn } from '../frame.js';
import { positionOf } from '../board.js';
import { endTurn, endedReason, join, wantTurn } from '../purchase.js';
import { t } from '../texts.js';

/** @typedef {import('../../shared/types.js').Concert} Concert */
/** @typedef {import('../../shared/types.js').QueueToken} QueueToken */

/** Positions are announced to users of assistive technology at these steps only. */
const STEPS = [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];

/** @param {import('../../shared/router.js').Context} context */
export function queue({ update, signal, navigate, parameter: id }) {
  /** @type {Concert | undefined} */
  let concert;
  /** @type {QueueToken & { token: string } | undefined} */
  let token;
  /** @type {{ state: string, message: string | null } | undefined} */
  let notice;
  /** @type {unknown} */
  let problem;
  /** @type {string | undefined} why the last turn has ended, if the user doesn't want another one */
  let ended;
  /** @type {Promise<void> | undefined} */
  let reading;
  let needsSignIn = false;
  let isInterrupted = false;
  /** The first position that this page has seen: the progress is measured from it. */
  let start = 0;
  let position = 0;
  let step = 0;
  let stream = new AbortController();

  async function enter() {
    if (!(await session.accessToken().catch(() => undefined))) {
      needsSignIn = true;
      update();
      return;
    }
    needsSignIn = false;
    try {
      concert ??= await get(`/v1/concerts/${encodeURIComponent(id)}`);
      ended = endedReason(id);
      if (ended) return update();
      token = await join(id);
      if (signal.aborted || !token) return;
      problem = undefined;
      accept(token);
      notice ??= await get(`/v1/queues/${token.queue_id}`).catch(() => undefined);
      update();
      if (token.status === 'WAITING') await wait(token.token);
    } catch (error) {
      if (signal.aborted) return;
      problem = error;
      update();
    }
  }

  /** @param {string} queueToken */
  async function wait(queueToken) {
    stream.abort();
    stream = new AbortController();
    const stop = AbortSignal.any([signal, stream.signal]);
    try {
      await follow(`/v1/queue-tokens/${queueToken}/events`, {
        signal: stop,
        receive: ({ name, data }) => {
          isInterrupted = false;
          if (name === 'queue') notice = data;
          else accept({ ...data, token: queueToken });
          update();
        },
        interrupted: () => {
          isInterrupted = true;
          update();
          // One at a time, however often the stream is interrupted.
          if (!stop.aborted) reading ??= readBoard().catch(() => undefined).finally(() => { reading = undefined; });
        },
      });
    } catch (error) {
      if (error instanceof ProblemError && (error.code === 'QUEUE_TOKEN_EXPIRED' || error.code === 'NOT_FOUND')) await poll();
      else problem = error;
      if (!session.isSignedIn) needsSignIn = true;
      update();
    }
  }

  /** Reads the state once, such as after the device was asleep. */
  async function poll() {
    if (!token || token.status === 'EXPIRED') return;
    const state = await get(`/v1/queue-tokens/${token.token}`);
    if (!signal.aborted) accept({ ...state, token: token.token });
    update();
  }

  /** While there is no stream: far from the front the board is enough, which caches answer. */
  async function readBoard() {
    if (token?.status !== 'WAITING') return;
    const { poll_after_seconds: seconds } = token;
    if (!token.board) {
      await poll();
      return pause(1000 * seconds, signal);
    }
    const board = await get(token.board);
    notice = board;
    if (token.number > board.last_admitted) show(positionOf(board, token.number));
    else await poll();
    update();
    await pause(1000 * seconds, signal);
  }

  /** @param {QueueToken & { token: string }} state */
  function accept(state) {
    if (signal.aborted) return;
    token = state;
    if (state.status === 'WAITING' && state.position) show(state.position);
    if (state.status === 'ACTIVE') {
      chime();
      navigate(`/seats/${id}`, { replace: true });
    }
  }

  /** @param {number} now */
  function show(now) {
    position = now;
    start = Math.max(start, now);
    const reached = STEPS.find(known => now <= known) ?? Infinity;
    if (reached !== step) announce(t('queue.announce', { position: now }));
    step = reached;
  }

  async function leave() {
    if (!token || !confirm(t('queue.leaveSure'))) return;
    try {
      await remove(`/v1/queue-tokens/${token.token}`);
      endTurn(id, 'LEFT');
      navigate(`/concerts/${id}`, { replace: true });
    } catch (error) {
      problem = error;
      update();
    }
  }

  // Timers and streams rest while the device sleeps or the tab is hidden: the state is read as soon as it is back.
  const back = () => { if (document.visibilityState === 'visible') void poll().catch(() => undefined); };
  document.addEventListener('visibilitychange', back, { signal });
  document.addEventListener('resume', back, { signal });
  addEventListener('pageshow', back, { signal });
  addEventListener('online', back, { signal });
  void enter();

  return {
    title: () => (token?.status === 'WAITING' && position > 0 ? `${integer(position)} · ${concert?.name ?? ''}` : t('queue.title')),
    template: () => {
      if (needsSignIn) return html`<div class="empty"><h1 tabindex="-1">${t('queue.title')}</h1><button class="primary" @click=${async () => { prepareSound(); if (await signIn()) void enter(); }}>${t('account.signIn')}</button></div>`;
      if (ended && concert) return html`<section class="queue"><div class="stack"><p class="quiet">${t('queue.title')}</p><h1 tabindex="-1">${concert.name}</h1></div>${outcome(ended)}</section>`;
      if (!token || !concert) return html`${problemNotice(problem)}${problem ? html`<p><a href=${`/concerts/${id}`}>${t('back')}</a></p>` : loading()}`;
      return html`<section class="queue">
        <div class="stack"><p class="quiet">${t('queue.title')}</p><h1 tabindex="-1">${concert.name}</h1></div>
        ${problemNotice(problem)}
        ${token.status === 'EXPIRED' ? outcome(token.expired_reason ?? 'TIMED_OUT') : waiting(token)}
      </section>`;
    },
  };

  /** @param {string} reason */
  function outcome(reason) {
    return html`
      <h2>${t('queue.ended')}</h2>
      <p>${t(`queue.ended.${reason}`)}</p>
      ${reason === 'PAID' ? html`<a class="button primary" href="/tickets">${t('order.toTickets')}</a>`
        : html`<button class="primary" @click=${() => { wantTurn(id); [token, ended, start] = [undefined, undefined, 0]; void enter(); }}>${t('queue.again')}</button>`}`;
  }

  /** @param {QueueToken} token */
  function waiting({ estimated_wait: wait, number, availability, position: exact }) {
    const [from, to] = [wait.p50_seconds ?? 0, wait.p90_seconds ?? 0];
    const [low, high] = [about(from), about(to)];
    const estimate = !wait.known || !exact ? t('queue.unknown') : low === high ? low : t('queue.between', { from: low, to: high });
    const part = start > 0 ? Math.round(100 * (1 - (position - 1) / start)) : 0;
    return html`
      <div>
        <p class="quiet">${t('queue.yourPosition')}</p>
        <p class="position" id="position">${position > 0 ? integer(position) : '…'}</p>
        <p class="quiet">${position > 1 ? t('queue.ahead', { count: position - 1 }) : t('queue.next')}</p>
      </div>
      <div class="progress" role="progressbar" aria-label=${t('queue.yourPosition')} aria-valuenow=${part} aria-valuemin="0" aria-valuemax="100"><div .style=${`--part:${part}%`}></div></div>
      <dl class="pair">
        <div><dt>${t('queue.estimate')}</dt><dd>${estimate}</dd></div>
        <div><dt>${t('queue.number')}</dt><dd class="numbers">${integer(number)}</dd></div>
      </dl>
      <div class="stack" aria-live="polite">
        ${notice && notice.state !== 'OPEN' ? html`<p class="notice warn">${t(notice.state === 'PAUSED' ? 'queue.paused' : 'queue.closed')}</p>` : nothing}
        ${notice?.message ? html`<p class="notice">${notice.message}</p>` : nothing}
        ${availability === 'LOW' ? html`<p class="notice warn">${t('queue.low')}</p>` : nothing}
        ${availability === 'SOLD_OUT' ? html`<p class="notice warn">${t('queue.soldOut')}</p>` : nothing}
        ${isInterrupted ? html`<p class="quiet small">${t('queue.reconnecting')}</p>` : nothing}
      </div>
      <p class="quiet small">${t('queue.hint')}</p>
      <button class="plain" @click=${leave}>${t('queue.leave')}</button>`;
  }
}
