import { checkedInteger } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { outboxDefaults as defaults } from "./defaults.js";

/** A connection of a relay, such as `pg.PoolClient`. */
export interface RelayConnection {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
  release(destroy?: boolean): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "notification", listener: () => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
}

/** A pool of pg. PgBouncer between them must keep sessions: `pool_mode = session`. */
export interface RelayPool {
  connect(): Promise<RelayConnection>;
}

/** An invalidation that the relay has stopped to try. */
export interface InvalidationDeadLetter {
  /** The number of its row in `moonpath_invalidations`. */
  readonly id: bigint;
  readonly tenant: string;
  readonly kind: "entry" | "tag";
  readonly name: string;
  /** The name and code of the last error. */
  readonly reason: string;
}

/** Options of `createInvalidationRelay`. */
export interface RelayOptions {
  /** A pool of pg to the primary. The relay that delivers keeps one of its connections. */
  readonly pool: RelayPool;
  /**
   * Receives errors of PostgreSQL and Redis, which the relay tries again. With `deadLetter`, the relay has
   * given this invalidation up: what it names may be stale until its TTL ends, or until `redrive`.
   */
  readonly onError?: ((error: Error, deadLetter?: InvalidationDeadLetter) => void) | undefined;
  /** How many replicas must have an invalidation before its row is deleted, 0 to 1,000. Default 0. */
  readonly minReplicas?: number | undefined;
  /** Milliseconds that Redis may take for one invalidation, 1 to 5,000. Default 1,000. */
  readonly deadlineMs?: number | undefined;
  /** How often the relay looks without a notification, in milliseconds, 10 to 60,000. Default 1,000. */
  readonly pollMs?: number | undefined;
  /** How often the other relays try to take over, in milliseconds, 10 to 60,000. Default 1,000. */
  readonly takeoverMs?: number | undefined;
  /** The most rows that are delivered at a time, 1 to 500. Default 500. */
  readonly batch?: number | undefined;
  /** A row becomes a dead letter after so many failures of its own, 1 to 1,000. Default 10. */
  readonly maxAttempts?: number | undefined;
}

const relayOptions: OptionNames<RelayOptions> = {
  pool: true,
  onError: true,
  minReplicas: true,
  deadlineMs: true,
  pollMs: true,
  takeoverMs: true,
  batch: true,
  maxAttempts: true,
};

/** Checked options, with their defaults. */
export interface ResolvedRelayOptions {
  readonly pool: RelayPool;
  readonly onError: RelayOptions["onError"];
  readonly minReplicas: number;
  readonly deadlineMs: number;
  readonly pollMs: number;
  readonly takeoverMs: number;
  readonly batch: number;
  readonly maxAttempts: number;
}

/** @throws ArgumentError that names the option */
export function resolveRelayOptions(options: RelayOptions): ResolvedRelayOptions {
  refuseUnknownOptions(options, relayOptions);
  const { pool, onError } = options;
  if (typeof pool !== "object" || pool === null || typeof pool.connect !== "function") {
    throw new ArgumentError("pool", "a pool of pg");
  }
  if (onError !== undefined && typeof onError !== "function")
    throw new ArgumentError("onError", "a function");
  const integer = (name: keyof typeof bounds) => {
    const { value, min, max } = bounds[name];
    return checkedInteger(name, options[name] ?? value, min, max);
  };
  return {
    pool,
    onError,
    minReplicas: integer("minReplicas"),
    deadlineMs: integer("deadlineMs"),
    pollMs: integer("pollMs"),
    takeoverMs: integer("takeoverMs"),
    batch: integer("batch"),
    maxAttempts: integer("maxAttempts"),
  };
}

const bounds = {
  minReplicas: { value: defaults.minReplicas.value, min: 0, max: 1_000 },
  // A batch must end before PostgreSQL takes the idle session for dead.
  deadlineMs: { value: defaults.deadlineMs.value, min: 1, max: 5_000 },
  pollMs: { value: defaults.pollMs.value, min: 10, max: 60_000 },
  takeoverMs: { value: defaults.takeoverMs.value, min: 10, max: 60_000 },
  batch: { value: defaults.batch.value, min: 1, max: defaults.batch.value },
  maxAttempts: { value: defaults.maxAttempts.value, min: 1, max: 1_000 },
};
