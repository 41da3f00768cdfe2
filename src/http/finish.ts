import type { FastifyReply } from "fastify";
import { LostError } from "../core/errors.js";
import type { PendingRequest } from "./pending-request.js";
import { describeProblem, LEASE_LOST } from "./problem.js";
import { discard, type ReplyLimits, statusOf, storedReply } from "./stored-reply.js";

/** Options of `finishRequest`. */
export interface FinishOptions {
  /** Whether a reply with this status is the request's result. */
  readonly keep: (status: number) => boolean;
  readonly limits: ReplyLimits;
  /** The longest wait until the reply is recorded. */
  readonly recordMs: number;
}

/**
 * Records the reply, or reports why there is none. Returns the payload to send: a problem instead
 * of the reply if another process runs the request now.
 */
export async function finishRequest(
  pending: PendingRequest,
  reply: FastifyReply,
  payload: unknown,
  { keep, limits, recordMs }: FinishOptions,
): Promise<unknown> {
  if (!pending.isHandlerStarted) pending.fail("notRun");
  else if (hasTimedOut(pending.error)) pending.fail("unknown");
  else if (!keep(statusOf(reply, payload)) || pending.isRetryable) pending.fail("failed");
  else {
    pending.complete(storedReply(reply, payload, limits));
    switch (await outcomeOf(pending.settled, recordMs)) {
      case "recorded":
        return payload;
      case "leaseLost":
        discard(payload);
        for (const name of ["content-length", ...limits.headers]) reply.removeHeader(name);
        return describeProblem(reply, LEASE_LOST);
      case "unknown":
        // The effect happened, and this reply is correct. A later request may run the handler
        // again.
        reply.log.warn({ request: pending.run.request }, "the reply could not be recorded in time");
        return payload;
    }
  }
  await outcomeOf(pending.settled, recordMs);
  return payload;
}

/** Whether Fastify replied with a timeout while the handler still runs. */
function hasTimedOut(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "FST_ERR_HANDLER_TIMEOUT";
}

async function outcomeOf(
  settled: Promise<unknown>,
  limitMs: number,
): Promise<"recorded" | "leaseLost" | "unknown"> {
  const recorded = settled.then(
    () => "recorded" as const,
    (error: unknown) => (error instanceof LostError ? "leaseLost" : "unknown"),
  );
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<"unknown">((resolve) => {
    timer = setTimeout(resolve, limitMs, "unknown");
  });
  try {
    return await Promise.race([recorded, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
