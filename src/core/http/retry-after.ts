/**
 * The milliseconds of a `Retry-After` field, which holds seconds or a date of HTTP; undefined if it is
 * absent or holds something else.
 */
export function retryAfterMsOf(field: string | null, nowMs = Date.now()): number | undefined {
  if (field === null) return undefined;
  if (/^\d{1,9}$/.test(field)) return Number(field) * 1_000;
  const atMs = /^[A-Za-z]/.test(field) ? Date.parse(field) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
