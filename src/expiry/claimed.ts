import type { Tenant } from "../../generated/ts/index.js";
import { backoffMs, redisBackoff } from "../core/backoff.js";
import { MoonpathError } from "../core/errors.js";
import { Lease } from "../core/lease/lease.js";
import { renewByEnd } from "../core/lease/renew-by-end.js";
import { asError, notify, type OnError } from "../core/notify.js";
import { pause } from "../core/wait.js";
import type { ClaimName } from "./claim-completion.js";
import type { ClaimedItem } from "./item-results.js";

/** The items of a claim, with its lease. */
export interface Claimed {
  readonly name: ClaimName;
  readonly lease: Lease;
  readonly leaseEndsMs: number;
  readonly items: readonly ClaimedItem[];
  /** Milliseconds until the shard is due again, by Redis's clock; undefined if unknown. */
  readonly waitMs: number | undefined;
}

/** A reply of a claim, and when its call was sent. */
export interface ClaimReply {
  readonly reply: Awaited<ReturnType<Tenant["expiry"]["claim"]>>;
  readonly sentAt: number;
  /** An earlier call without an answer may have begun the lease. */
  readonly isRepeated: boolean;
}

interface ClaimOptions {
  readonly limit: number;
  readonly leaseMs: number;
  readonly deadMaxAgeMs: number | undefined;
  readonly stopping: AbortSignal;
  readonly onError: OnError | undefined;
}

/**
 * Claims due items of a shard. If the answer is lost, it sends the same claim again, which returns the
 * same items. It does so for the time of a lease, because the index shows the end of the lease then.
 */
export async function claimItems(
  expiry: Tenant["expiry"],
  name: ClaimName,
  { limit, leaseMs, deadMaxAgeMs, stopping, onError }: ClaimOptions,
): Promise<ClaimReply> {
  const endsAt = performance.now() + leaseMs;
  for (let failures = 1; ; failures++) {
    const sentAt = performance.now();
    try {
      const reply = await expiry.claim({ ...name, limit, leaseMs, deadMaxAgeMs });
      return { reply, sentAt, isRepeated: failures > 1 };
    } catch (error) {
      const delayMs = backoffMs(failures, redisBackoff);
      if (!mayHaveRun(error) || stopping.aborted || performance.now() + delayMs >= endsAt) throw error;
      notify(onError, asError(error));
      await pause(delayMs, stopping);
    }
  }
}

function mayHaveRun(error: unknown): boolean {
  return !(error instanceof MoonpathError) || error.code === "OUTCOME_UNKNOWN" || error.code === "REPLY";
}

/** The lease of a claim, which compares its end with the stored one at each renewal. */
export function leaseOf(
  expiry: Tenant["expiry"],
  name: ClaimName,
  { leaseMs, sentAt, claimedEndsMs }: { leaseMs: number; sentAt: number; claimedEndsMs: number },
): Lease {
  return new Lease({
    leaseMs,
    sentAt,
    renew: renewByEnd(claimedEndsMs, (leaseEndsMs, limits) =>
      expiry.renew({ ...name, leaseEndsMs, leaseMs }, limits),
    ),
  });
}
