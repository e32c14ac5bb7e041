// Durations on axes and in figures, short.

/** @param {number} value */
export function seconds(value) {
  if (value < 10) return `${Number(value.toFixed(1))} s`;
  if (value < 90) return `${Math.round(value)} s`;
  if (value < 5_400) return `${Math.round(value / 60)} min`;
  return `${Number((value / 3_600).toFixed(1))} h`;
}
