import * as keyspace from "../../generated/ts/keys.js";
import * as types from "../../generated/ts/types.js";
import { newOperation, type Scope } from "../client/index.js";
import { checkedSignal } from "../core/abort-signal.js";
import { checkedInteger } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_TIMER_MS } from "../core/limits.js";
import { readFrom } from "../core/read-from.js";
import { lockDefaults } from "./defaults.js";

/** The options of `lock.acquire`. All may be left out. */
export interface LockOptions {
  /** Milliseconds until the lock ends, unless renewed: 50 to 2,147,483,647. Default 10,000. */
  readonly leaseMs?: number | undefined;
  /**
   * Milliseconds to wait while another holder has the lock. 0 tries once. Default 5,000. Each call
   * to Redis also has the client's `deadlineMs`.
   */
  readonly waitMs?: number | undefined;
  /**
   * How many replicas must have the lock and every renewal: 0 to 1,000. Default 0. If fewer have
   * it, the call ends with NotReplicatedError.
   */
  readonly minReplicas?: number | undefined;
  /** Milliseconds to wait for the replicas. Default 100. */
  readonly replicaWaitMs?: number | undefined;
  /** Ends the wait at once with AbortedError. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The first part of the holder's name, 1 to 200 bytes; `BusyError` shows the name to others. The
   * client adds `/` and a unique part to it, because Redis knows each acquisition by its own name.
   * Default: only the unique part.
   */
  readonly owner?: string | undefined;
}

/** The options, checked and with their defaults. */
export interface ResolvedLockOptions {
  readonly leaseMs: number;
  readonly waitMs: number;
  readonly minReplicas: number;
  readonly replicaWaitMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** A new name for each acquisition: Redis refuses an owner that has held the lock before. */
  readonly newOwner: () => string;
}

/** The names of the options of `lock.acquire`. */
export const lockOptions: OptionNames<LockOptions> = {
  leaseMs: true,
  waitMs: true,
  minReplicas: true,
  replicaWaitMs: true,
  signal: true,
  owner: true,
};

/** @throws ArgumentError */
export function resolveLockOptions<Options extends LockOptions>(
  options: Options,
  known: OptionNames<Options>,
): ResolvedLockOptions {
  if (typeof options !== "object" || options === null) throw new ArgumentError("options", "an object");
  // Each option is read once, because a getter may return another value the next time.
  const resolved = readFrom("options", () => {
    refuseUnknownOptions(options, known);
    const { leaseMs = lockDefaults.leaseMs.value, waitMs = lockDefaults.waitMs.value } = options;
    const { minReplicas = lockDefaults.minReplicas.value, replicaWaitMs } = options;
    const { owner, signal } = options;
    return { leaseMs, waitMs, minReplicas, replicaWaitMs, owner, signal };
  });
  const { leaseMs, waitMs, minReplicas, replicaWaitMs, owner } = resolved;
  checkedSignal(resolved.signal);
  checkedInteger("leaseMs", leaseMs, lockDefaults.minLeaseMs.value, MAX_TIMER_MS);
  checkedInteger("waitMs", waitMs, 0, MAX_TIMER_MS);
  checkedInteger("minReplicas", minReplicas, 0, 1_000);
  if (replicaWaitMs !== undefined) checkedInteger("replicaWaitMs", replicaWaitMs, 1, MAX_TIMER_MS);
  if (owner === undefined) return { ...resolved, newOwner: newOperation };
  types.id.encode("owner", owner);
  const maxBytes = lockDefaults.maxOwnerBytes.value;
  if (Buffer.byteLength(owner) > maxBytes) throw new ArgumentError("owner", `1 to ${maxBytes} bytes`);
  return { ...resolved, newOwner: () => `${owner}/${newOperation()}` };
}

/**
 * The keys without duplicates, in the order in which every process acquires them. So no two
 * processes wait for each other.
 *
 * @throws ArgumentError
 */
export function sortedKeys(keys: string | readonly string[], scope: Scope): string[] {
  const max = lockDefaults.maxKeys.value;
  const expected = `a key, or a list of 1 to ${max} keys`;
  const readList = (): string[] | undefined => {
    if (typeof keys === "string") return [keys];
    return Array.isArray(keys) && keys.length > 0 && keys.length <= max ? [...keys] : undefined;
  };
  const list = readFrom("keys", readList, undefined, expected);
  if (!list) throw new ArgumentError("keys", expected);
  for (const key of list) keyspace.lock(scope, key);
  return [...new Set(list)].sort();
}
