import { createHash } from "node:crypto";

/** What relays and writers of one namespace share in a database. */
export interface SharedNames {
  /** The advisory lock of the one relay that delivers. */
  readonly leaderLock: bigint;
  /** The advisory lock that this relay holds while it waits for a notification. */
  readonly idleLock: bigint;
  /** The channel of notifications: an identifier that needs no quotes. */
  readonly channel: string;
}

export function sharedNames(namespace: string): SharedNames {
  const digest = createHash("sha256").update(`moonpath outbox ${namespace}`).digest();
  return {
    leaderLock: digest.readBigInt64BE(0),
    idleLock: digest.readBigInt64BE(8),
    channel: `moonpath_${digest.toString("hex", 16, 24)}`,
  };
}
