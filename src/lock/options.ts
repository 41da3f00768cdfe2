import { keys as keyspace, types } from "../../generated/ts/index.js";
import { newOperation, type Scope } from "../client/index.js";
import { checkedSignal } from "../core/abort-signal.js";
import { ArgumentError } from "../core/errors.js";
import { readFrom } from "../core/read-from.js";
import { LONGEST_MS, lockDefaults } from "./defaults.js";

/** How a lock is taken; all may be left out. */
export interface LockOptions {
  /** Milliseconds that the lock is held unless renewed: 50 to 2147483647. Default 10,000. */
  readonly leaseMs?: number | undefined;
  /**
   * Milliseconds to wait while somebody else holds it; 0: ask once. Default 5,000. Each call to Redis has the
   * client's `deadlineMs` besides.
   */
  readonly waitMs?: number | undefined;
  /** So many replicas must have the lock, and every renewal. Default 0. Fewer: NotReplicatedError. */
  readonly minReplicas?: number | undefined;
  /** Milliseconds to wait for the replicas. Default 100. */
  readonly replicaWaitMs?: number | undefined;
  /** Ends the waiting at once, with AbortedError. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The holder's name, 1 to 256 bytes, as `BusyError` tells it to others. Default: a new one for each attempt.
   * Two attempts under one name are one holder to Redis: both get the lock.
   */
  readonly owner?: string | undefined;
}

/** The options, checked and complete. */
export interface ResolvedLockOptions {
  readonly leaseMs: number;
  readonly waitMs: number;
  readonly minReplicas: number;
  readonly replicaWaitMs: number | undefined;
  readonly owner: string;
  readonly signal: AbortSignal | undefined;
}

/** @throws ArgumentError */
export function resolveLockOptions(options: LockOptions): ResolvedLockOptions {
  if (typeof options !== "object" || options === null) throw new ArgumentError("options", "an object");
  // Each is read once: a getter may give another value the next time.
  const given = readFrom("options", () => {
    const { leaseMs = lockDefaults.leaseMs.value, waitMs = lockDefaults.waitMs.value } = options;
    const { minReplicas = 0, replicaWaitMs, owner = newOperation(), signal } = options;
    return { leaseMs, waitMs, minReplicas, replicaWaitMs, owner, signal };
  });
  const { leaseMs, waitMs, minReplicas, replicaWaitMs, owner } = given;
  checkedSignal(given.signal);
  whole("leaseMs", leaseMs, lockDefaults.minLeaseMs.value, LONGEST_MS);
  whole("waitMs", waitMs, 0, LONGEST_MS);
  whole("minReplicas", minReplicas, 0, 1_000);
  if (replicaWaitMs !== undefined) whole("replicaWaitMs", replicaWaitMs, 1, LONGEST_MS);
  types.id.encode("owner", owner);
  return given;
}

/**
 * The keys once each, in the order in which everybody takes them, so that no two wait for each other.
 *
 * @throws ArgumentError
 */
export function sortedKeys(keys: string | readonly string[], scope: Scope): string[] {
  const most = lockDefaults.maxKeys.value;
  const expected = `a key, or a list of 1 to ${most} keys`;
  const list = (): string[] | undefined => {
    if (typeof keys === "string") return [keys];
    return Array.isArray(keys) && keys.length > 0 && keys.length <= most ? [...keys] : undefined;
  };
  const given = readFrom("keys", list, undefined, expected);
  if (!given) throw new ArgumentError("keys", expected);
  for (const key of given) keyspace.lock(scope, key);
  return [...new Set(given)].sort();
}

function whole(argument: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new ArgumentError(argument, `a whole number from ${least} to ${most}`);
}
