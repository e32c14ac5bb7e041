// What is shown is read again every few seconds, as long as the page is visible.
import { pause } from '../shared/time.js';

/** The longest pause after failures. */
const MAX_PAUSE = 30_000;

/**
 * Calls `read` at once and then every `milliseconds`, until `signal` ends it; after failures less often. Returns a function that calls it
 * as soon as possible.
 * @param {number} milliseconds
 * @param {AbortSignal} signal
 * @param {() => Promise<void>} read
 * @param {(error: unknown) => void} settled is called with the error of each read, or with nothing
 */
export function keepReading(milliseconds, signal, read, settled) {
  let wake = new AbortController();
  const run = async () => {
    let failures = 0;
    while (!signal.aborted) {
      wake = new AbortController();
      if (!document.hidden) {
        try {
          await read();
          failures = 0;
          if (!signal.aborted) settled(undefined);
        } catch (error) {
          if (signal.aborted) return;
          failures += 1;
          settled(error);
        }
      }
      await pause(Math.min(MAX_PAUSE, milliseconds * 2 ** failures), AbortSignal.any([signal, wake.signal])).catch(() => undefined);
    }
  };
  const again = () => wake.abort();
  document.addEventListener('visibilitychange', again, { signal });
  void run();
  return again;
}
