import type { FastifyReply } from "fastify";
import { LostError } from "../core/errors.js";
import type { PendingRequest } from "./pending-request.js";
import { describeProblem, OVERTAKEN } from "./problem.js";
import { discard, type ReplyLimits, statusOf, storedReply } from "./stored-reply.js";

export interface FinishOptions {
  /** Which answers are a request's result, by status. */
  readonly keep: (status: number) => boolean;
  readonly limits: ReplyLimits;
  /** The longest that the answer waits until it is recorded. */
  readonly recordMs: number;
}

/** Ends a passage with what is about to be sent, and returns what is sent instead, if it was overtaken. */
export async function finishRequest(
  passage: PendingRequest,
  reply: FastifyReply,
  payload: unknown,
  { keep, limits, recordMs }: FinishOptions,
): Promise<unknown> {
  if (!passage.isReached) passage.fail("unused");
  else if (hasTimedOut(passage.error)) passage.fail("unknown");
  else if (!keep(statusOf(reply, payload)) || passage.mayBeTriedAgain) passage.fail("failed");
  else {
    passage.answer(storedReply(reply, payload, limits));
    switch (await outcomeOf(passage.ended, recordMs)) {
      case "recorded":
        return payload;
      case "overtaken":
        discard(payload);
        for (const name of ["content-length", ...limits.headers]) reply.removeHeader(name);
        return describeProblem(reply, OVERTAKEN);
      case "unknown":
        // The effect is there, and this answer is true. Whoever asks again may run the request again.
        reply.log.warn({ request: passage.run.request }, "the reply could not be recorded in time");
        return payload;
    }
  }
  await outcomeOf(passage.ended, recordMs);
  return payload;
}

/** Fastify has answered for a handler that still runs. */
function hasTimedOut(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "FST_ERR_HANDLER_TIMEOUT";
}

async function outcomeOf(
  ended: Promise<unknown>,
  limitMs: number,
): Promise<"recorded" | "overtaken" | "unknown"> {
  const recorded = ended.then(
    () => "recorded" as const,
    (error: unknown) => (error instanceof LostError ? "overtaken" : "unknown"),
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"unknown">((resolve) => {
    timer = setTimeout(resolve, limitMs, "unknown");
  });
  try {
    return await Promise.race([recorded, late]);
  } finally {
    clearTimeout(timer);
  }
}
