// The user's turn: the queue token of each concert. Joining again returns the token that the user already has, on any device.
import { post } from '../shared/api.js';
import { session } from '../shared/session.js';
import { inSeconds } from '../shared/time.js';

/** @typedef {import('../shared/types.js').QueueToken} QueueToken */

/** The last known token of each concert. @type {Map<string, QueueToken & { token: string }>} */
const tokens = new Map();

/**
 * Joins the queue of a concert.
 * @param {string} concert
 */
export async function join(concert) {
  const token = await post('/v1/queue-tokens', { body: { concert_id: concert } });
  tokens.set(concert, token);
  return token;
}

/** @param {string} concert returns the queue token, if the user has joined since the page was opened */
export const queueToken = concert => tokens.get(concert)?.token;

/** @param {string} concert returns the queue token of a concert; joins the queue if the page doesn't know it */
export async function requireToken(concert) {
  return queueToken(concert) ?? (await join(concert)).token;
}

/** The reason why the last turn has ended, for as long as the tab is open: only the user's wish begins another one. */
const endedKey = (/** @type {string} */ concert) => `frontrow.ended.${concert}`;

/** @param {string} concert @param {string} reason the turn has ended */
export function endTurn(concert, reason) {
  tokens.delete(concert);
  sessionStorage.setItem(endedKey(concert), reason);
}

/** @param {string} concert the user wants to join the queue */
export const wantTurn = concert => sessionStorage.removeItem(endedKey(concert));

/** @param {string} concert returns why the last turn has ended, unless the user has wanted another one since */
export const endedReason = concert => sessionStorage.getItem(endedKey(concert)) ?? undefined;

session.addEventListener('change', () => { if (!session.isSignedIn) tokens.clear(); });

/** @param {QueueToken} token returns when the turn ends; nothing while the user waits */
export const deadlineOf = ({ expires_in_seconds: seconds }) => (seconds === null || seconds === undefined ? undefined : inSeconds(seconds));
