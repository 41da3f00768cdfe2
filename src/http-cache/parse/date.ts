const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const IMF = /^(?:mon|tue|wed|thu|fri|sat|sun), (\d\d) ([a-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) gmt$/i;
const RFC_850 =
  /^(?:mon|tues|wednes|thurs|fri|satur|sun)day, (\d\d)-([a-z]{3})-(\d\d) (\d\d):(\d\d):(\d\d) gmt$/i;
const ASCTIME = /^(?:mon|tue|wed|thu|fri|sat|sun) ([a-z]{3}) ([ \d]\d) (\d\d):(\d\d):(\d\d) (\d{4})$/i;

/**
 * The time of one of HTTP's three date formats (RFC 9110, section 5.6.7), in epoch milliseconds; undefined
 * for anything else.
 */
export function dateOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const imf = IMF.exec(text);
  if (imf) return instant(imf[3], imf[2], imf[1], imf[4], imf[5], imf[6]);
  const asctime = ASCTIME.exec(text);
  if (asctime) return instant(asctime[6], asctime[1], asctime[2], asctime[3], asctime[4], asctime[5]);
  const old = RFC_850.exec(text);
  return old ? instant(fullYear(Number(old[3])), old[2], old[1], old[4], old[5], old[6]) : undefined;
}

/** A year of two digits that seems to be more than 50 years ahead is in the past. */
function fullYear(lastDigits: number): string {
  const now = new Date().getUTCFullYear();
  const year = now - (now % 100) + lastDigits;
  return String(year > now + 50 ? year - 100 : year);
}

function instant(
  year: string | undefined,
  monthName = "",
  day: string | undefined,
  hours: string | undefined,
  minutes: string | undefined,
  seconds: string | undefined,
): number | undefined {
  const month = MONTHS.indexOf(monthName.toLowerCase());
  const parts = [Number(hours), Number(minutes), Number(seconds)];
  const [hour = 24, minute = 60, second = 61] = parts;
  if (month < 0 || hour > 23 || minute > 59 || second > 60) return undefined;
  const ms = Date.UTC(Number(year), month, Number(day), hour, minute, second);
  // A day that the month does not have moves the date.
  return new Date(ms - second * 1_000).getUTCDate() === Number(day) ? ms : undefined;
}
