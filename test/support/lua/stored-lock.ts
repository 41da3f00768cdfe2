import type { Cluster, Redis } from "ioredis";
import { nowMs } from "./commands.js";

/** A lock as Redis stores it: `<fence> <lease_ends_ms> <state> <owner>`. */
export interface StoredLock {
  readonly fence: number;
  readonly leaseEndsMs: number;
  readonly state: string;
  readonly owner: string;
}

/** The last hold of a lock; undefined if Redis does not know the lock. */
export async function storedLock(redis: Redis | Cluster, key: string): Promise<StoredLock | undefined> {
  const text = await redis.get(key);
  if (text === null) return undefined;
  const [fence, leaseEndsMs, state = "", ...owner] = text.split(" ");
  return { fence: Number(fence), leaseEndsMs: Number(leaseEndsMs), state, owner: owner.join(" ") };
}

/** Milliseconds until the lease of the holder ends; 0 if nobody holds the lock. */
export async function leaseLeftMs(redis: Redis | Cluster, key: string): Promise<number> {
  const lock = await storedLock(redis, key);
  if (!lock || lock.state === "released") return 0;
  return Math.max(0, lock.leaseEndsMs - (await nowMs(redis)));
}

export async function isHeld(redis: Redis | Cluster, key: string): Promise<boolean> {
  return (await leaseLeftMs(redis, key)) > 0;
}

/** Moves the end of the lease; without `byMs` into the past, as if it had been slept through. */
export async function moveLeaseEnd(redis: Redis | Cluster, key: string, byMs?: number): Promise<void> {
  const lock = await storedLock(redis, key);
  if (!lock) return;
  const ends = byMs === undefined ? (await nowMs(redis)) - 1 : lock.leaseEndsMs + byMs;
  await redis.set(key, `${lock.fence} ${ends} ${lock.state} ${lock.owner}`, "KEEPTTL");
}
