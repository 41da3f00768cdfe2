import type { Fields } from "../message/fields.js";
import { dateOf } from "../parse/date.js";

/** The bytes that a client wants; both ends belong to it. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

const ONE_RANGE = /^bytes=\s*(\d*)-(\d*)\s*$/;

/**
 * The part of a whole body that a request asks for (RFC 9110, section 14). `whole`: all of it, because the
 * request has no range, several, or one of an older response.
 */
export function rangeOf(
  request: Fields,
  stored: Fields,
  length: number,
): ByteRange | "whole" | "unsatisfiable" {
  const asked = ONE_RANGE.exec(request.get("range") ?? "");
  if (!asked || !isCurrent(request.get("if-range"), stored)) return "whole";
  const [, from = "", to = ""] = asked;
  if (from === "") {
    if (to === "") return "whole";
    const suffix = Number(to);
    if (suffix === 0 || length === 0) return "unsatisfiable";
    return { first: Math.max(0, length - suffix), last: length - 1 };
  }
  const first = Number(from);
  if (to !== "" && Number(to) < first) return "whole";
  if (first >= length) return "unsatisfiable";
  return { first, last: to === "" ? length - 1 : Math.min(Number(to), length - 1) };
}

/** Whether `If-Range` names the stored response, with a strong validator. */
function isCurrent(ifRange: string | undefined, stored: Fields): boolean {
  if (ifRange === undefined) return true;
  if (dateOf(ifRange) !== undefined) return ifRange === stored.get("last-modified");
  return ifRange === stored.get("etag") && !ifRange.startsWith("W/");
}
