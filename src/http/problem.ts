import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import { errorTable, InProgressError, MoonpathError } from "../core/errors.js";
import { notify } from "../core/notify.js";
import type { PlainReply } from "./plain-reply.js";

/**
 * A failed request as a problem of RFC 9457. `code` is for programs, `detail` for people. Both are
 * public, so they say no more than the error table.
 */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** The value of `Retry-After`, in whole seconds. */
  readonly retryAfterS?: number | undefined;
  /** The status of the first reply, if that reply was not stored. */
  readonly firstStatus?: number | undefined;
  /** The cause. Only the log shows it. */
  readonly error?: Error | undefined;
}

/** Most requests end long before their lease, and a retry is cheap. */
const MAX_RETRY_AFTER_S = 5;

export const MISSING: Problem = {
  status: 400,
  code: "KEY_MISSING",
  detail: "this request needs an Idempotency-Key header",
};

export const MALFORMED: Problem = {
  status: 400,
  code: "KEY_MALFORMED",
  detail:
    "the Idempotency-Key header must be one key of 1 to 255 printable ASCII characters, in quotes if it has spaces or commas",
};

export const UNREAD_BODY: Problem = {
  status: 415,
  code: "BODY_UNREAD",
  detail: "a body of this media type is not read before the handler, so it cannot be compared",
};

export const LEASE_LOST: Problem = {
  status: 409,
  code: "LOST",
  detail: "the request took too long and runs elsewhere; send it again with the same key",
  retryAfterS: 1,
};

/** The problem of a body above `maxBodyBytes`. */
export const BODY_TOO_LARGE: Problem = {
  status: 413,
  code: "BODY_TOO_LARGE",
  detail: "the body is too large to be compared",
};

export const BODY_INCOMPLETE: Problem = {
  status: 400,
  code: "BODY_INCOMPLETE",
  detail: "the body ended before it was complete",
};

export const BODY_TIMEOUT: Problem = {
  status: 408,
  code: "BODY_TIMEOUT",
  detail: "the body did not arrive in time",
};

export const HANDLER_TIMEOUT: Problem = {
  status: 504,
  code: "HANDLER_TIMEOUT",
  detail: "the request took too long, and it is unknown whether it had an effect",
  retryAfterS: MAX_RETRY_AFTER_S,
};

/** The problem of a request whose `caller` returned no account. */
export function callerMissing(caller: unknown): Problem {
  const detail = "an Idempotency-Key needs an account, and this request has none";
  const isPlain = caller === undefined || caller === null || typeof caller === "string";
  const error = isPlain
    ? undefined
    : new TypeError(`caller returned a value of type ${typeof caller}, not a string`);
  return { status: 401, code: "CALLER_MISSING", detail, error };
}

/** The problem of a route that was added before the plugin. */
export function unregisteredRoute(method: string, url: string): Problem {
  const error = new Error(
    `moonpath/fastify: ${method} ${url} was added before the plugin; await app.register() first`,
  );
  const detail = "this route cannot process an Idempotency-Key";
  return { status: 500, code: "ROUTE_UNGUARDED", detail, error };
}

/** The problem of a repeated request whose first reply was not stored. */
export function notKept(firstStatus: number): Problem {
  const detail = "the request succeeded before, but its reply was a stream or too large to store";
  return { status: 409, code: "REPLY_NOT_KEPT", detail, firstStatus };
}

/**
 * Converts an error of `idempotency.run()` to a problem; undefined for other errors. Only the log
 * shows the message, because it may name settings, users, scripts and lines.
 */
export function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof MoonpathError)) return undefined;
  const { status, code } = error;
  const detail = errorTable[code].meaning;
  if (error instanceof InProgressError) {
    const seconds = Math.ceil((error.retryAfterMs ?? 1_000) / 1_000);
    const retryAfterS = Math.min(Math.max(1, seconds), MAX_RETRY_AFTER_S);
    return { status, code, detail, retryAfterS };
  }
  // Redis was not reachable, so the handler did not run.
  const retryAfterS = status === 503 || status === 504 ? 1 : undefined;
  // An invalid argument may be a bug of the service. The message names the argument.
  const isLogged = status >= 500 || code === "ARGUMENT";
  return { status, code, detail, retryAfterS, error: isLogged ? error : undefined };
}

/**
 * Receives what replies do not show, such as `console` or a logger of pino. The field `err` of the
 * facts is the error.
 */
export interface ProblemLog {
  error(facts: object, text: string): void;
  warn(facts: object, text: string): void;
}

/**
 * Logs a problem, and returns its reply. A problem of 500 or above has an `id` in its body and in the
 * log. It is a new one, because clients may choose the request's own id.
 */
export function problemReply(problem: Problem, log: ProblemLog): PlainReply {
  const { status, code, detail, retryAfterS, firstStatus, error } = problem;
  const id = status >= 500 ? randomUUID() : undefined;
  if (id !== undefined) notify(() => log.error({ id, code, err: error }, detail));
  else if (error !== undefined) notify(() => log.warn({ code, err: error }, detail));
  const title = STATUS_CODES[status] ?? "Error";
  const body = { type: "about:blank", title, status, code, detail, id, firstStatus };
  return problemBody(status, body, retryAfterS);
}

/** The reply with this body, in JSON. `retryAfterS` becomes the header `Retry-After`. */
export function problemBody(status: number, body: object, retryAfterS: number | undefined): PlainReply {
  const retryAfter = retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS) };
  return {
    status,
    headers: { "content-type": "application/problem+json", ...retryAfter },
    body: Buffer.from(JSON.stringify(body)),
  };
}
