const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const units = [
  ["d", DAY_MS],
  ["h", HOUR_MS],
  ["min", MINUTE_MS],
  ["s", SECOND_MS],
  ["ms", 1],
] as const;

/** A time for people, such as `10 min`. */
export function durationText(ms: number): string {
  // 90 min says more than 1.5 h.
  const [name, unitMs] = units.find(([, one]) => ms >= 2 * one) ?? ["ms", 1];
  const count = ms / unitMs;
  return `${Number.isInteger(count) || count >= 20 ? Math.round(count) : count.toFixed(1)} ${name}`;
}

/** A whole number with commas, such as `1,200`. */
export function numberText(value: number): string {
  return Math.round(value).toLocaleString("en-GB");
}

/** A share as a percentage, such as `62 %`. */
export function percentText(share: number): string {
  const percent = 100 * share;
  return `${percent >= 10 || percent === 0 ? Math.round(percent) : percent.toFixed(1)} %`;
}
