import { LostError } from "../core/errors.js";
import { isFinalStatus } from "./checked-reply.js";
import type { PendingRequest } from "./pending-request.js";
import type { StoredReply } from "./stored-reply.js";

/** Options of `finishRequest`. */
export interface FinishOptions {
  /** Whether a reply with this status is the request's result. */
  readonly keep: (status: number) => boolean;
  /** The longest wait until the reply is recorded. */
  readonly recordMs: number;
}

/** What the adapter sends: the reply, or LEASE_LOST, because another process runs the request now. */
export type FinishedRequest = "reply" | "leaseLost";

/**
 * Records the reply, or reports why there is none.
 *
 * @param stored makes the stored form of the reply. It is called only if the reply is kept
 * @param onUnrecorded is called if the reply could not be recorded in time
 * @throws the error of `keep` or `stored`. The handler has run, so its effect may exist
 */
export async function finishRequest(
  pending: PendingRequest,
  status: number,
  stored: () => StoredReply | Promise<StoredReply>,
  { keep, recordMs }: FinishOptions,
  onUnrecorded: () => void,
): Promise<FinishedRequest> {
  try {
    if (!pending.isHandlerStarted) pending.fail("notRun");
    else if (!isFinalStatus(status) || !keep(status) || pending.isRetryable) pending.fail("failed");
    else {
      pending.complete(await stored());
      const outcome = await outcomeOf(pending.settled, recordMs);
      if (outcome === "leaseLost") return "leaseLost";
      // The effect happened, and this reply is correct. A later request may run the handler again.
      if (outcome === "unknown") onUnrecorded();
      return "reply";
    }
  } catch (error) {
    pending.fail("unknown");
    throw error;
  }
  await outcomeOf(pending.settled, recordMs);
  return "reply";
}

/** The outcome of a request that was completed or has failed, after at most `limitMs`. */
export async function outcomeOf(
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
