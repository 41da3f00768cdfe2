import { STATUS_CODES } from "node:http";
import type { FastifyReply } from "fastify";
import { InProgressError, MoonpathError } from "../client/errors.js";

/** What is wrong with a request, as RFC 9457 has it. `code` is for programs, `detail` for people. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** Whole seconds. */
  readonly retryAfterS?: number | undefined;
  /** The status of the first answer, where that was not kept. */
  readonly firstStatus?: number | undefined;
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

export function notKept(firstStatus: number): Problem {
  const detail = "the request was done before; its answer was a stream or too large to be kept";
  return { status: 409, code: "REPLY_NOT_KEPT", detail, firstStatus };
}

/** An error of `idempotent()` as a problem; undefined for errors of anybody else. */
export function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof MoonpathError)) return undefined;
  const { status, code, message } = error;
  if (error instanceof InProgressError) {
    const seconds = Math.ceil((error.retryAfterMs ?? 1_000) / 1_000);
    const retryAfterS = Math.min(Math.max(1, seconds), LONGEST_RETRY_AFTER_S);
    return { status, code, detail: message, retryAfterS };
  }
  // Without Redis the handler has not run.
  return { status, code, detail: message, retryAfterS: status === 503 || status === 504 ? 1 : undefined };
}

/** Sets status and headers of a problem, and returns its body. */
export function describeProblem(reply: FastifyReply, problem: Problem): string {
  const { status, code, detail, retryAfterS, firstStatus } = problem;
  reply.code(status).header("content-type", PROBLEM_TYPE);
  if (retryAfterS !== undefined) reply.header("retry-after", String(retryAfterS));
  return JSON.stringify({
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    code,
    detail,
    firstStatus,
  });
}
