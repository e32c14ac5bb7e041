// The position of a waiting user, derived from the board of the queue, which is the same for all users.

/** @typedef {import('../shared/types.js').Board} Board */

/**
 * Returns the position of the token with this number.
 * @param {Pick<Board, 'last_admitted' | 'departures'>} board
 * @param {number} number
 */
export function positionOf(board, number) {
  let [start, left] = [board.last_admitted, 0];
  for (const range of board.departures) {
    const [through, departed] = /** @type {[number, number]} */ (/** @type {unknown} */ (range));
    if (number <= through) {
      left += ((departed - left) * (number - start)) / (through - start);
      break;
    }
    [start, left] = [through, departed];
  }
  return Math.max(1, Math.round(number - board.last_admitted - left));
}
