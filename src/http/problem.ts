import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { FastifyReply } from "fastify";
import { errorTable, InProgressError, MoonpathError } from "../core/errors.js";

/**
 * A request's failure as RFC 9457 describes it. `code` is for programs, `detail` for people. Strangers read both, so neither
 * says more than the error table does.
 */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** Whole seconds. */
  readonly retryAfterS?: number | undefined;
  /** The status of the first answer, where that was not kept. */
  readonly firstStatus?: number | undefined;
  /** The cause, for the log alone. */
  readonly error?: Error | undefined;
}

export const PROBLEM_TYPE = "application/problem+json";

/** Most requests are done long before their lease ends, and asking again costs little. */
const LONGEST_RETRY_AFTER_S = 5;

export const MISSING: Problem = {
  status: 400,
  code: "KEY_MISSING",
  detail: "this request needs an Idempotency-Key header",
};

export const MALFORMED: Problem = {
  status: 400,
  code: "KEY_MALFORMED",
  detail: "the Idempotency-Key header has to be one string in quotes, of 1 to 255 printable ASCII characters",
};

export const UNREAD_BODY: Problem = {
  status: 415,
  code: "BODY_UNREAD",
  detail: "a body of this media type is not read before the handler, so that it cannot be told from another",
};

export const OVERTAKEN: Problem = {
  status: 409,
  code: "LOST",
  detail: "the request took too long and runs elsewhere; ask again under the same key",
  retryAfterS: 1,
};

/** `caller` gave no account. */
export function callerMissing(given: unknown): Problem {
  const detail = "an Idempotency-Key needs an account, and this request has none";
  const isPlain = given === undefined || given === null || typeof given === "string";
  const error = isPlain
    ? undefined
    : new TypeError(`caller gave a value of type ${typeof given}, not a string`);
  return { status: 401, code: "CALLER_MISSING", detail, error };
}

/** The plugin did not see the route, because the route came first. */
export function unguarded(method: string, url: string): Problem {
  const error = new Error(
    `moonpath/fastify: ${method} ${url} was added before the plugin, which has to be awaited`,
  );
  const detail = "this route is not ready to take an Idempotency-Key";
  return { status: 500, code: "ROUTE_UNGUARDED", detail, error };
}

export function notKept(firstStatus: number): Problem {
  const detail = "the request was done before; its answer was a stream or too large to be kept";
  return { status: 409, code: "REPLY_NOT_KEPT", detail, firstStatus };
}

/**
 * An error of `idempotency.run()` as a problem; undefined for errors of anybody else. Its message is for the log: it may name
 * settings, users, scripts and their lines.
 */
export function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof MoonpathError)) return undefined;
  const { status, code } = error;
  const detail = errorTable[code].meaning;
  if (error instanceof InProgressError) {
    const seconds = Math.ceil((error.retryAfterMs ?? 1_000) / 1_000);
    const retryAfterS = Math.min(Math.max(1, seconds), LONGEST_RETRY_AFTER_S);
    return { status, code, detail, retryAfterS };
  }
  // Without Redis the handler has not run.
  const retryAfterS = status === 503 || status === 504 ? 1 : undefined;
  // A refused argument may be the service's own mistake, and its message says which argument.
  const isLogged = status >= 500 || code === "ARGUMENT";
  return { status, code, detail, retryAfterS, error: isLogged ? error : undefined };
}

/**
 * Sets status and headers of a problem, and returns its body. A problem of the server has an `id` there and in the log; it is
 * made here, because clients may choose a request's own id.
 */
export function describeProblem(reply: FastifyReply, problem: Problem): string {
  const { status, code, detail, retryAfterS, firstStatus, error } = problem;
  const id = status >= 500 ? randomUUID() : undefined;
  if (id !== undefined) reply.log.error({ id, code, err: error }, detail);
  else if (error !== undefined) reply.log.warn({ code, err: error }, detail);
  reply.code(status).header("content-type", PROBLEM_TYPE);
  if (retryAfterS !== undefined) reply.header("retry-after", String(retryAfterS));
  return JSON.stringify({
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    code,
    detail,
    id,
    firstStatus,
  });
}
