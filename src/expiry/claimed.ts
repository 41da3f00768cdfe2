import { randomUUID } from "node:crypto";
import type { Tenant } from "../../generated/ts/index.js";
import { UnavailableError } from "../core/errors.js";
import { Lease } from "../core/lease/lease.js";
import type { ClaimName } from "./claim-completion.js";
import type { ClaimedItem } from "./item-results.js";

/** More stale replies in a row mean that other calls with the same claim go on elsewhere. */
const maxStaleReplies = 3;

/** The items of a claim, with its lease. */
export interface Claimed {
  readonly name: ClaimName;
  readonly lease: Lease;
  readonly leaseEndsMs: number;
  readonly items: readonly ClaimedItem[];
  /** Milliseconds until the shard is due again, by Redis's clock; undefined if unknown. */
  readonly waitMs: number | undefined;
}

/** The names of claims without an answer. The next claim of the shard has the same name. */
export class UnansweredClaims {
  readonly #names = new Map<string, string>();

  nameFor(member: string): { readonly claim: string; readonly isNew: boolean } {
    const claim = this.#names.get(member);
    return claim === undefined ? { claim: randomUUID(), isNew: true } : { claim, isNew: false };
  }

  keep(member: string, claim: string): void {
    this.#names.set(member, claim);
    if (this.#names.size <= maxUnanswered) return;
    for (const oldest of this.#names.keys()) {
      this.#names.delete(oldest);
      return;
    }
  }

  answered(member: string): void {
    this.#names.delete(member);
  }
}

/** The items of a forgotten claim come again after its lease, so the number is not critical. */
const maxUnanswered = 10_000;

/** The lease of a claim, which compares its end with the stored one at each renewal. */
export function leaseOf(
  expiry: Tenant["expiry"],
  name: ClaimName,
  { leaseMs, sentAt, claimedEndsMs }: { leaseMs: number; sentAt: number; claimedEndsMs: number },
): Lease {
  let leaseEndsMs = claimedEndsMs;
  return new Lease({
    leaseMs,
    sentAt,
    renew: async (limits) => {
      for (let replies = 0; replies < maxStaleReplies; replies++) {
        const reply = await expiry.renew({ ...name, leaseEndsMs, leaseMs }, limits);
        if (reply.outcome === "lost") return "lost";
        leaseEndsMs = reply.leaseEndsMs;
        if (reply.outcome === "renewed") return "renewed";
        // An earlier renewal without an answer has run, at an unknown time. So the lease is renewed
        // again, from now on.
      }
      throw new UnavailableError("other calls renewed the claim's lease at the same time");
    },
  });
}
