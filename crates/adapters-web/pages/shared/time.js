// Time as the server counts it: devices' clocks are wrong by minutes, so pages count down from the seconds that remain.

/**
 * Waits, unless `signal` ends it.
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, milliseconds);
    if (signal?.aborted) end();
    else signal?.addEventListener('abort', end, { once: true });
  });
}

/**
 * A moment that is some seconds away, on the clock that never jumps.
 * @param {number} seconds
 */
export const inSeconds = seconds => performance.now() + seconds * 1000;

/** @param {number} moment returns the whole seconds until `moment`, at least 0 */
export const secondsUntil = moment => Math.max(0, Math.ceil((moment - performance.now()) / 1000));

/** @param {number} seconds */
export function countdown(seconds) {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/**
 * Calls `tick` once a second until `signal` ends it.
 * @param {() => void} tick
 * @param {AbortSignal} signal
 */
export function everySecond(tick, signal) {
  const timer = setInterval(tick, 1000);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}
