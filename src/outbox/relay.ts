import type { TenantInvalidations } from "../cache/index.js";
import { checkedScope } from "../client/index.js";
import { backoffMs, redisBackoff } from "../core/backoff.js";
import { graceMsOf } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { asError, failureReasonOf, notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { pause, stopsWithin } from "../core/wait.js";
import { WakeSignal } from "../core/wake-signal.js";
import { outboxDefaults as defaults } from "./defaults.js";
import type { Deliver } from "./delivery.js";
import { lead } from "./lead.js";
import { type SharedNames, sharedNames } from "./names.js";
import {
  type InvalidationDeadLetter,
  type RelayOptions,
  type ResolvedRelayOptions,
  resolveRelayOptions,
} from "./options.js";
import { RelaySession } from "./session.js";
import { readDeadLetters, readStatus, redrive, type StoredStatus } from "./stored-status.js";

/** A client of caches: of `createMoonpath` or `createCacheClient`. */
export interface RelayClient {
  readonly namespace: string;
  tenant(name: string): { readonly cache: Pick<TenantInvalidations, "deliver"> };
}

/** The state of the outbox, and of this relay. */
export interface RelayStatus extends StoredStatus {
  /** Whether this relay is the one that delivers. */
  readonly isLeading: boolean;
  /** How many rows this relay has delivered. */
  readonly delivered: number;
  /** The name and code of the last error, and when it came; undefined if there was none. */
  readonly lastError: { readonly reason: string; readonly at: Date } | undefined;
}

/** A relay, as `createInvalidationRelay` returns it. */
export interface InvalidationRelay {
  /** Starts to deliver, or to wait until it may. A second call, or a call after `stop`, does nothing. */
  start(): void;
  /**
   * Ends the batch in progress, for at most `graceMs` milliseconds (default 10,000), and gives its
   * connection back. Rows that are left are for the next relay. `timedOut`: the connection was cut.
   */
  stop(options?: { readonly graceMs?: number | undefined }): Promise<"finished" | "timedOut">;
  /** Reads the state of the outbox. Every process gets the same, also before `start`. */
  status(): Promise<RelayStatus>;
  /** The invalidations that failed too often, the oldest first, at most 1,000. */
  deadLetters(): Promise<readonly InvalidationDeadLetter[]>;
  /** Makes all dead letters due again, with all their attempts. Returns how many. */
  redrive(): Promise<number>;
}

/**
 * Delivers the invalidations of the outbox to the caches, each at least once, and none before all
 * transactions have ended that began earlier. Start it in each process: one of them delivers, and
 * another takes over when its connection to PostgreSQL ends.
 *
 * ```ts
 * const relay = createInvalidationRelay(moonpath, { pool });
 * relay.start();
 * // At shutdown, before the pool and the client are closed:
 * await relay.stop();
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function createInvalidationRelay(client: RelayClient, options: RelayOptions): InvalidationRelay {
  const { namespace, resolved } = readFrom("options", () => {
    const { namespace } = client;
    checkedScope({ namespace, tenant: "any" });
    if (typeof client.tenant !== "function") throw new ArgumentError("client", "a client of createMoonpath");
    return { namespace, resolved: resolveRelayOptions(options) };
  });
  const { minReplicas, deadlineMs } = resolved;
  const caches = new Map<string, Pick<TenantInvalidations, "deliver">>();
  const cacheOf = (tenant: string) => {
    const known = caches.get(tenant) ?? client.tenant(tenant).cache;
    if (caches.size >= defaults.maxTenants.value) caches.clear();
    caches.set(tenant, known);
    return known;
  };
  // It is asynchronous, because a tenant's name that is not valid throws.
  return new Relay(namespace, resolved, async ({ tenant, ...target }) =>
    cacheOf(tenant).deliver(target, { minReplicas, deadlineMs }),
  );
}

/** A relay with any way to deliver. */
export class Relay implements InvalidationRelay {
  readonly #namespace: string;
  readonly #names: SharedNames;
  readonly #options: ResolvedRelayOptions;
  readonly #deliver: Deliver;
  readonly #stopController = new AbortController();
  #running: Promise<void> | undefined;
  /** Gives the connection back in a state in which the pool closes it, and so ends its locks. */
  #cut: (() => void) | undefined;
  #wake: WakeSignal | undefined;
  #isLeading = false;
  #delivered = 0;
  #lastError: RelayStatus["lastError"];

  constructor(namespace: string, options: ResolvedRelayOptions, deliver: Deliver) {
    this.#namespace = namespace;
    this.#names = sharedNames(namespace);
    this.#options = options;
    this.#deliver = deliver;
  }

  start(): void {
    if (!this.#stopController.signal.aborted) this.#running ??= this.#run();
  }

  async stop(options?: { readonly graceMs?: number | undefined }): Promise<"finished" | "timedOut"> {
    const graceMs = graceMsOf(options, defaults.graceMs.value);
    this.#stopController.abort();
    this.#wake?.wake();
    const running = this.#running ?? Promise.resolve();
    if (await stopsWithin(running, graceMs)) return "finished";
    this.#cut?.();
    await stopsWithin(running, 1_000);
    return "timedOut";
  }

  async status(): Promise<RelayStatus> {
    return {
      ...(await readStatus(this.#options.pool, this.#namespace)),
      isLeading: this.#isLeading,
      delivered: this.#delivered,
      lastError: this.#lastError,
    };
  }

  deadLetters(): Promise<readonly InvalidationDeadLetter[]> {
    return readDeadLetters(this.#options.pool, this.#namespace);
  }

  async redrive(): Promise<number> {
    const count = await redrive(this.#options.pool, this.#namespace);
    this.#wake?.wake();
    return count;
  }

  /** Competes for the leadership until the relay is stopped. Never rejects. */
  async #run(): Promise<void> {
    const { signal } = this.#stopController;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#tryToLead();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        this.#report(asError(error));
      } finally {
        this.#isLeading = false;
        this.#cut?.();
      }
      await pause(failures > 0 ? backoffMs(failures, redisBackoff) : this.#options.takeoverMs, signal);
    }
  }

  async #tryToLead(): Promise<void> {
    const { pool } = this.#options;
    const connection = await pool.connect();
    const { signal } = this.#stopController;
    const wake = new WakeSignal();
    // Without a listener, Node would exit. The next statement fails.
    const onError = () => wake.wake();
    connection.on("error", onError);
    this.#cut = () => {
      this.#cut = undefined;
      connection.release(true);
    };
    const session = new RelaySession(connection, this.#namespace, this.#names, defaults.limitMs.value);
    if (signal.aborted || !(await session.lead())) {
      this.#cut = undefined;
      connection.off("error", onError);
      return connection.release();
    }
    connection.on("notification", onError);
    this.#wake = wake;
    this.#isLeading = true;
    await lead({
      session,
      wake,
      signal,
      deliver: this.#deliver,
      options: this.#options,
      onDelivered: (count) => {
        this.#delivered += count;
      },
      onError: (error, deadLetter) => this.#report(error, deadLetter),
    });
  }

  #report(error: Error, deadLetter?: InvalidationDeadLetter): void {
    this.#lastError = { reason: failureReasonOf(error), at: new Date() };
    if (deadLetter) notify(this.#options.onError, error, deadLetter);
    else notify(this.#options.onError, error);
  }
}
