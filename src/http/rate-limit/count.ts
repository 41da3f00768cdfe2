import { createHash } from "node:crypto";
import type { TakeAnswer } from "../../limit/index.js";
import type { PlainReply } from "../plain-reply.js";
import { type ProblemLog, problemOf, problemReply } from "../problem.js";
import { policyHeader, policyOf, rateLimitHeader, refusalOf, refusalReply } from "./headers.js";
import type { GroupLimits, RequestLimitOptions } from "./request-limits.js";
import { clientOf, costOf, isSkipped, type RequestClient, tenantOf } from "./request-values.js";

/** A counted request. If there is a `refusal`, the handler does not run. */
export interface CountedRequest {
  readonly answer: TakeAnswer;
  /** The headers of the reply, whichever it is. */
  readonly headers: Readonly<Record<string, string>>;
  readonly refusal: PlainReply | undefined;
}

/**
 * Counts a request; undefined if it has no limits.
 *
 * @param address of the client, or an empty text
 * @throws the errors of the options' own functions; a MoonpathError that no wait ends
 */
export async function countRequest<Request>(
  request: Request,
  address: string,
  { limits, group, cost }: GroupLimits<Request>,
  { tenant, key, skip, onUnavailable, timeoutMs }: RequestLimitOptions<Request>,
): Promise<CountedRequest | undefined> {
  if (await isSkipped(skip, request)) return undefined;
  const name = nameOf(group, await clientOf(key, request, address));
  const plain = limits.map(({ quota, periodMs, burst }) => ({ quota, periodMs, burst }));
  const { limit } = await tenantOf(tenant, request);
  const args = { name, limits: plain, cost: await costOf(cost, request) };
  const answer = await limit.take(args, { onUnavailable, timeoutMs });
  const rateLimit = rateLimitHeader(answer, limits);
  const refusal = refusalOf(answer, onUnavailable === "deny" && answer.degraded);
  const policy = policyOf(answer, limits);
  return {
    answer,
    headers: {
      "ratelimit-policy": policyHeader(limits),
      ...(rateLimit === undefined ? {} : { ratelimit: rateLimit }),
    },
    refusal: refusal && refusalReply(refusal, policy === undefined ? [] : [policy]),
  };
}

/** The name of the limits in Redis: a hash, so that it does not show the client's key. */
function nameOf(group: string, client: RequestClient): string {
  const text = JSON.stringify([group, ...client]);
  return `http-${createHash("sha256").update(text).digest("base64url")}`;
}

/**
 * The reply to an error that no wait ends, such as a wrong result of `key`.
 *
 * @throws the error itself if it is one of the service's own functions
 */
export function countProblem(error: unknown, log: ProblemLog): PlainReply {
  const problem = problemOf(error);
  if (problem === undefined) throw error;
  return problemReply({ ...problem, status: Math.max(500, problem.status) }, log);
}
