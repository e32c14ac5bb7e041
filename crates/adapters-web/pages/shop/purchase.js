// The user's turn: the queue token of each concert. Joining again returns the token that the user already has, on any device.
import { post } from '../shared/api.js';
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

/** @param {string} concert */
export const forget = concert => tokens.delete(concert);

/** @param {QueueToken} token returns when the turn ends; nothing while the user waits */
export const deadlineOf = ({ expires_in_seconds: seconds }) => (seconds === null || seconds === undefined ? undefined : inSeconds(seconds));
