import { STATUS_CODES } from "node:http";
import type { TakeAnswer } from "../../limit/index.js";
import type { PlainReply } from "../plain-reply.js";
import { problemBody } from "../problem.js";
import type { NamedLimit } from "./request-limits.js";

/** The problem types of the draft. */
const TYPES = "https://iana.org/assignments/http-problem-types#";

/** `RateLimit-Policy`: all limits, such as `"default";q=100;w=60`. */
export function policyHeader(limits: readonly NamedLimit[]): string {
  return limits
    .map(({ policy, quota, periodMs }) => {
      // The window has whole seconds. Of another period, only the quota is known.
      const window = periodMs % 1_000 === 0 ? `;w=${periodMs / 1_000}` : "";
      return `"${policy}";q=${quota}${window}`;
    })
    .join(", ");
}

/** A refused request: its status, and what the client can do. */
interface Refusal {
  readonly status: 429 | 503;
  readonly type: string;
  readonly code: string;
  readonly detail: string;
  readonly retryAfterS: number | undefined;
}

/**
 * `RateLimit` of the limit that decided: its remaining units, and the seconds until more are there.
 * Undefined if Redis did not answer, because nobody knows them then.
 */
export function rateLimitHeader(answer: TakeAnswer, limits: readonly NamedLimit[]): string | undefined {
  if (answer.degraded || (answer.outcome !== "allowed" && answer.outcome !== "refused")) return undefined;
  const { remaining, retryAfterMs, resetAfterMs } = answer;
  const policy = policyOf(answer, limits);
  const seconds = Math.ceil((answer.outcome === "refused" ? retryAfterMs : resetAfterMs) / 1_000);
  return `"${policy}";r=${remaining};t=${seconds}`;
}

/** The refusal of an answer; undefined if the request may go on. */
export function refusalOf(answer: TakeAnswer, isDenied: boolean): Refusal | undefined {
  switch (answer.outcome) {
    case "allowed":
    case "mismatch":
      return undefined;
    case "too_large":
      return {
        status: 429,
        type: `${TYPES}quota-exceeded`,
        code: "COST_TOO_LARGE",
        detail: "this request needs more than the limit allows at once",
        retryAfterS: undefined,
      };
    case "refused": {
      const retryAfterS = Math.max(1, Math.ceil(answer.retryAfterMs / 1_000));
      if (isDenied) {
        const detail = "the limit of requests cannot be read at this time";
        return {
          status: 503,
          type: `${TYPES}temporary-reduced-capacity`,
          code: "LIMIT_UNAVAILABLE",
          detail,
          retryAfterS,
        };
      }
      const detail = "too many requests; try again later";
      return { status: 429, type: `${TYPES}quota-exceeded`, code: "RATE_LIMITED", detail, retryAfterS };
    }
  }
}

/** The reply of a refusal, as a problem of RFC 9457. */
export function refusalReply(
  { status, type, code, detail, retryAfterS }: Refusal,
  policies: readonly string[],
): PlainReply {
  const title = STATUS_CODES[status] ?? "Error";
  const body = { type, title, status, code, detail, "violated-policies": policies };
  return problemBody(status, body, retryAfterS);
}

/** The name in the headers of the limit that decided. */
export function policyOf(answer: TakeAnswer, limits: readonly NamedLimit[]): string | undefined {
  if (answer.outcome === "mismatch") return undefined;
  const { periodMs } = answer.limit;
  return limits.find((limit) => limit.periodMs === periodMs)?.policy;
}
