import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { type FinishOptions, finishRequest, outcomeOf } from "./finish.js";
import type { PendingRequest } from "./pending-request.js";
import type { PlainReply } from "./plain-reply.js";
import { LEASE_LOST, type Problem, problemReply } from "./problem.js";
import { NOT_KEPT, type ReplyLimits, type StoredBody, storedReply } from "./stored-reply.js";

/**
 * Records the reply, or reports why there is none. Returns the payload to send: a problem instead
 * of the reply if another process runs the request now.
 */
export async function finishReply(
  pending: PendingRequest,
  reply: FastifyReply,
  payload: unknown,
  limits: ReplyLimits,
  options: FinishOptions,
): Promise<unknown> {
  if (pending.isHandlerStarted && hasTimedOut(pending.error)) {
    pending.fail("unknown");
    await outcomeOf(pending.settled, options.recordMs);
    return payload;
  }
  const status = statusOf(reply, payload);
  const parts = { status, header: (name: string) => reply.getHeader(name), body: bodyOf(payload) };
  const onUnrecorded = () =>
    reply.log.warn({ request: pending.run.request }, "the reply could not be recorded in time");
  const stored = () => storedReply(parts, limits);
  switch (await finishRequest(pending, status, stored, options, onUnrecorded)) {
    case "reply":
      return payload;
    case "leaseLost": {
      discard(payload);
      for (const name of ["content-length", ...limits.headers]) reply.removeHeader(name);
      const problem = problemReply(LEASE_LOST, reply.log);
      reply.code(problem.status).headers(problem.headers);
      return problem.body?.toString();
    }
  }
}

/** Sends a whole reply. Fastify does not serialize a Buffer again. */
export function sendReply(reply: FastifyReply, { status, headers, body }: PlainReply): FastifyReply {
  return reply.code(status).headers(headers).send(body);
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return sendReply(reply, problemReply(problem, reply.log));
}

/** Whether Fastify replied with a timeout while the handler still runs. */
function hasTimedOut(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "FST_ERR_HANDLER_TIMEOUT";
}

/** A `Response` of the Fetch API has its own status, which Fastify applies after the hooks. */
function statusOf(reply: FastifyReply, payload: unknown): number {
  return payload instanceof Response ? payload.status : reply.statusCode;
}

function bodyOf(payload: unknown): StoredBody {
  if (payload === undefined || payload === null) return { kind: "none" };
  if (typeof payload === "string") return { kind: "text", text: payload };
  if (Buffer.isBuffer(payload)) return { kind: "bytes", base64: payload.toString("base64") };
  return NOT_KEPT;
}

/** Closes a payload that is not sent. A stream without a reader would stay open. */
function discard(payload: unknown): void {
  const stream = payload instanceof Response ? payload.body : payload;
  if (stream instanceof Readable) stream.destroy();
  else if (stream instanceof ReadableStream) stream.cancel().catch(() => {});
}
