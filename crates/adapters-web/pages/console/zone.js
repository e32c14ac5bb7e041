// Local times of a venue.

/** @param {Date} instant @param {string} zone returns the milliseconds by which the zone is ahead of UTC */
function offset(instant, zone) {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
  const parts = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const local = Date.UTC(parts['year'] ?? 0, (parts['month'] ?? 1) - 1, parts['day'], parts['hour'], parts['minute'], parts['second']);
  return local - Math.floor(instant.getTime() / 1000) * 1000;
}

/** @param {string} local as in a field for date and time @param {string} zone returns the instant */
export function instantOf(local, zone) {
  const utc = Date.parse(`${local}Z`);
  // The offset may change between the first guess and the instant.
  const guess = utc - offset(new Date(utc), zone);
  return new Date(utc - offset(new Date(guess), zone)).toISOString();
}

/** @param {Date} instant @param {string} zone returns the local time as in a field for date and time */
export const localOf = (instant, zone) => new Date(instant.getTime() + offset(instant, zone)).toISOString().slice(0, 16);

export const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;
export const ZONES = [...new Set([HERE, ...Intl.supportedValuesOf('timeZone'), 'UTC'])];
