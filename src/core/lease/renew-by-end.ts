import { UnavailableError } from "../errors.js";
import type { LeaseOptions, RenewOptions } from "./lease.js";

/** The reply of a script that renews a lease by the end that it had. */
export type RenewByEndReply =
  | { readonly outcome: "renewed" | "stale"; readonly leaseEndsMs: number }
  | { readonly outcome: "lost" };

/** More stale replies in a row mean that calls for the same lease go on elsewhere. */
const MAX_STALE_REPLIES = 3;

/**
 * The `renew` of a lease whose script compares the end of the lease. `leaseEndsMs`: as the grant
 * returned it. After a stale reply it renews again from the present end: an earlier renewal without
 * an answer has run, at an unknown time.
 */
export function renewByEnd(
  leaseEndsMs: number,
  call: (leaseEndsMs: number, options: RenewOptions | undefined) => Promise<RenewByEndReply>,
): LeaseOptions["renew"] {
  let endsMs = leaseEndsMs;
  return async (options) => {
    for (let replies = 0; replies < MAX_STALE_REPLIES; replies++) {
      const reply = await call(endsMs, options);
      if (reply.outcome === "lost") return "lost";
      endsMs = reply.leaseEndsMs;
      if (reply.outcome === "renewed") return "renewed";
    }
    throw new UnavailableError("other calls renewed the lease at the same time");
  };
}
