import { keys as keyspace, types } from "../../generated/ts/index.js";
import { newOperation, type Scope } from "../client/index.js";
import { checkedSignal } from "../core/abort-signal.js";
import { checkedInteger } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { MAX_TIMER_MS } from "../core/limits.js";
import { readFrom } from "../core/read-from.js";
import { lockDefaults } from "./defaults.js";

/** How a lock is acquired. All options may be left out. */
export interface LockOptions {
  /** Milliseconds that the lock is held unless renewed: 50 to 2147483647. Default 10,000. */
  readonly leaseMs?: number | undefined;
  /**
   * Milliseconds to wait while another holder has it; 0 asks once. Default 5,000. Each call to Redis also has the
   * client's `deadlineMs`.
   */
  readonly waitMs?: number | undefined;
  /**
   * So many replicas must have the lock and every renewal. Default 0. If fewer have it, the call ends with
   * NotReplicatedError.
   */
  readonly minReplicas?: number | undefined;
  /** Milliseconds to wait for the replicas. Default 100. */
  readonly replicaWaitMs?: number | undefined;
  /** Ends the wait at once with AbortedError. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The holder's name, 1 to 256 bytes; `BusyError` shows it to others. Default: a new name for each attempt. To Redis
   * two attempts under one name are one holder: both get the lock.
   */
  readonly owner?: string | undefined;
}

/** The options, checked and with their defaults. */
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
  // Each option is read once, because a getter may return another value the next time.
  const unchecked = readFrom("options", () => {
    const { leaseMs = lockDefaults.leaseMs.value, waitMs = lockDefaults.waitMs.value } = options;
    const { minReplicas = 0, replicaWaitMs, owner = newOperation(), signal } = options;
    return { leaseMs, waitMs, minReplicas, replicaWaitMs, owner, signal };
  });
  const { leaseMs, waitMs, minReplicas, replicaWaitMs, owner } = unchecked;
  checkedSignal(unchecked.signal);
  checkedInteger("leaseMs", leaseMs, lockDefaults.minLeaseMs.value, MAX_TIMER_MS);
  checkedInteger("waitMs", waitMs, 0, MAX_TIMER_MS);
  checkedInteger("minReplicas", minReplicas, 0, 1_000);
  if (replicaWaitMs !== undefined) checkedInteger("replicaWaitMs", replicaWaitMs, 1, MAX_TIMER_MS);
  types.id.encode("owner", owner);
  return unchecked;
}

/**
 * The keys without repetitions, in the order in which every process acquires them, so that no two wait for each other.
 *
 * @throws ArgumentError
 */
export function sortedKeys(keys: string | readonly string[], scope: Scope): string[] {
  const max = lockDefaults.maxKeys.value;
  const expected = `a key, or a list of 1 to ${max} keys`;
  const list = (): string[] | undefined => {
    if (typeof keys === "string") return [keys];
    return Array.isArray(keys) && keys.length > 0 && keys.length <= max ? [...keys] : undefined;
  };
  const given = readFrom("keys", list, undefined, expected);
  if (!given) throw new ArgumentError("keys", expected);
  for (const key of given) keyspace.lock(scope, key);
  return [...new Set(given)].sort();
}
