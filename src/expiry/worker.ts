import { randomUUID } from "node:crypto";
import type { Tenant } from "../../generated/ts/index.js";
import * as keys from "../../generated/ts/keys.js";
import * as types from "../../generated/ts/types.js";
import { type BackoffOptions, backoffMs, checkedBackoff, redisBackoff } from "../core/backoff.js";
import { checkedInteger, graceMsOf } from "../core/checks.js";
import { ArgumentError, CorruptError, LostError, MoonpathError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import { notify } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { pause } from "../core/wait.js";
import { checkedClient, Retries, type SlotEntry, SlotWorker, slotDefaults } from "../slots/index.js";
import type { ClaimName } from "./claim-completion.js";
import { ClaimRun } from "./claim-run.js";
import { type Claimed, claimItems, leaseOf } from "./claimed.js";
import type { ExpiryClient } from "./client.js";
import { expiryDefaults as defaults } from "./defaults.js";
import type { AttemptLimits } from "./item-results.js";
import type { ExpiryWorker, ExpiryWorkerOptions, ExpiryWorkerStatus, StopOptions } from "./options.js";
import { type Redriven, type RedriveOptions, redrive } from "./redrive.js";

/**
 * Makes a worker for the due items of a queue, of all tenants of a namespace. It claims them, passes
 * them to `handle`, and acknowledges them. It sleeps until the next item is due by Redis's clock. A
 * message wakes it for an earlier item. You can run any number of workers; they share the work.
 *
 * ```ts
 * const worker = createExpiryWorker(moonpath, {
 *   queue: "offers",
 *   handle: async (items, { signal }) => database.expire(items.map(({ item }) => item), signal),
 * });
 * worker.start();
 * ```
 *
 * @throws ArgumentError if an option is out of bounds
 */
export function createExpiryWorker(moonpath: ExpiryClient, options: ExpiryWorkerOptions): ExpiryWorker {
  return readFrom("options", () => new QueueWorker(moonpath, options));
}

const workerOptions: OptionNames<ExpiryWorkerOptions> = {
  queue: true,
  handle: true,
  limit: true,
  concurrency: true,
  leaseMs: true,
  maxAttempts: true,
  retryDelayMs: true,
  deadMaxAgeMs: true,
  onError: true,
  onDeadLetter: true,
};

const defaultBackoff: BackoffOptions = {
  firstMs: defaults.retryFirstMs.value,
  maxMs: defaults.retryMaxMs.value,
  factor: defaults.retryFactor.value,
};

class QueueWorker implements ExpiryWorker {
  readonly #client: ExpiryClient;
  readonly #options: ExpiryWorkerOptions;
  readonly #limit: number;
  readonly #leaseMs: number;
  readonly #limits: AttemptLimits;
  readonly #worker: SlotWorker;
  readonly #stopping = new AbortController();
  readonly #runs = new Set<ClaimRun>();
  /** Shards whose last claim was lost before it could be handled. */
  readonly #lostClaims = new Retries({
    firstMs: slotDefaults.retryFirstMs.value,
    maxMs: slotDefaults.retryMaxMs.value,
  });
  readonly #counts = { done: 0, retried: 0, deadLettered: 0, discarded: 0, lost: 0 };

  constructor(client: ExpiryClient, options: ExpiryWorkerOptions) {
    refuseUnknownOptions(options, workerOptions);
    const { limit = defaults.limit.value, leaseMs = defaults.leaseMs.value } = options;
    const { maxAttempts = defaults.maxAttempts.value, concurrency = defaults.concurrency.value } = options;
    const { queue, deadMaxAgeMs } = options;
    this.#client = checkedClient(client, "tenant", "shardsOf");
    this.#options = options;
    this.#limit = checkedInteger("limit", limit, 1, defaults.maxLimit.value);
    this.#leaseMs = checkedInteger("leaseMs", leaseMs, defaults.minLeaseMs.value, MAX_DURATION_MS);
    if (deadMaxAgeMs !== undefined) checkedInteger("deadMaxAgeMs", deadMaxAgeMs, 1, MAX_DURATION_MS);
    types.queue.encode("queue", queue);
    if (typeof options.handle !== "function") throw new ArgumentError("handle", "a function");
    if (maxAttempts !== Number.POSITIVE_INFINITY) checkedInteger("maxAttempts", maxAttempts, 1, 1_000_000);
    this.#limits = { maxAttempts, retryBackoff: checkedBackoff(options.retryDelayMs ?? defaultBackoff) };
    const { namespace } = client;
    this.#worker = new SlotWorker({
      client,
      group: `queue:${queue}`,
      keyInSlot: (slot) => keys.slotQueueInSlot(namespace, slot, queue),
      // The ACL allows this pattern, and none of a single queue.
      channels: `${namespace}:{*}:slot-queue:*`,
      serve: (entry, signal) => this.#serve(entry, signal),
      concurrency: checkedInteger("concurrency", concurrency, 1, 1_000),
      onError: options.onError,
    });
  }

  start(): void {
    if (this.#worker.status().state !== "new") return;
    this.#worker.start();
    void this.#checkShards();
  }

  async stop(options?: StopOptions): Promise<"finished" | "timedOut"> {
    const graceMs = graceMsOf(options, defaults.graceMs.value);
    this.#stopping.abort();
    const stopped = await this.#worker.stop(graceMs);
    for (const run of this.#runs) void run.stopRenewals();
    return stopped;
  }

  redrive(tenant: string, options?: RedriveOptions): Promise<Redriven> {
    return redrive(this.#client.tenant(tenant), this.#options.queue, options);
  }

  status(): ExpiryWorkerStatus {
    const { state, workers, slots, queued } = this.#worker.status();
    let inFlight = 0;
    for (const run of this.#runs) inFlight += run.inFlight;
    return { state, inFlight, ...this.#counts, workers, slots, queued };
  }

  /** Reports once that the client has another number of shards than Redis. */
  async #checkShards(): Promise<void> {
    const stopping = this.#stopping.signal;
    for (let failures = 1; !stopping.aborted; failures++) {
      try {
        await this.#client.shardsOf(this.#options.queue);
        return;
      } catch (error) {
        if (error instanceof MoonpathError && !error.retryable) {
          notify(this.#options.onError, error);
          return;
        }
        await pause(backoffMs(failures, redisBackoff), stopping);
      }
    }
  }

  /** Claims and handles items of a shard. */
  async #serve(entry: SlotEntry, signal: AbortSignal): Promise<"more" | "done" | number> {
    const { tenant, member, name } = entry;
    const untilMs = this.#lostClaims.waitsUntil(member, 0) - performance.now();
    if (untilMs > 0) return untilMs;
    const expiry = this.#client.scriptsOf(tenant, "expiry");
    const { queue, deadMaxAgeMs, onError } = this.#options;
    const queueShard = name.slice(name.lastIndexOf(":") + 1);
    const claimName = { queue, queueShard, claim: randomUUID() };
    const leaseMs = this.#leaseMs;
    const stopping = this.#stopping.signal;
    const options = { limit: this.#limit, leaseMs, deadMaxAgeMs, stopping, onError };
    const { reply, sentAt, isRepeated } = await claimItems(expiry, claimName, options);
    if (reply.outcome === "idle") {
      if (reply.waitMs !== 0) return reply.waitMs ?? Number.POSITIVE_INFINITY;
      if (deadMaxAgeMs === undefined) return "done";
      return this.#discardOld(expiry, claimName, deadMaxAgeMs);
    }
    // The reply was lost, and the lease ended before a retry got this one.
    if (reply.outcome === "ended") return this.#lostClaim(member);
    const { items, leaseEndsMs, waitMs } = reply;
    const lease = leaseOf(expiry, claimName, { leaseMs, sentAt, claimedEndsMs: leaseEndsMs });
    // The lease may have begun with an earlier attempt.
    let isKnown = !isRepeated;
    // A reply may take so long that the lease has ended when it arrives.
    while (!isKnown || lease.hasEnded) {
      if (isKnown && stopping.aborted) return "more";
      if ((await lease.renew()) === "lost") return this.#lostClaim(member);
      isKnown = true;
    }
    this.#lostClaims.succeeded(member);
    const dueAt = performance.now() + (waitMs ?? 0);
    const named = items.filter(({ item }) => isName(item));
    if (named.length < items.length) notify(onError, invalidNames(items.length - named.length));
    if (named.length > 0) {
      await this.#handle(
        expiry,
        tenant,
        { name: claimName, lease, leaseEndsMs, items: named, waitMs },
        signal,
      );
    }
    return waitMs === undefined || waitMs === 0 ? "more" : Math.max(0, dueAt - performance.now());
  }

  /** The lease is shorter than the way to Redis. Without a delay, it would be lost in a loop. */
  #lostClaim(member: string): number {
    this.#counts.lost += 1;
    notify(
      this.#options.onError,
      new LostError("the lease of a claim ended before its reply came; leaseMs may be too short"),
    );
    this.#lostClaims.prune();
    this.#lostClaims.failed(member, 0);
    return this.#lostClaims.waitsUntil(member, 0) - performance.now();
  }

  async #handle(
    expiry: Tenant["expiry"],
    tenant: string,
    { name, lease, leaseEndsMs, items }: Claimed,
    signal: AbortSignal,
  ): Promise<void> {
    const run = new ClaimRun(expiry, this.#options, {
      tenant,
      name,
      lease,
      leaseEndsMs,
      limits: this.#limits,
      interruption: signal,
      stopping: this.#stopping.signal,
      counts: this.#counts,
    });
    this.#runs.add(run);
    try {
      await run.handleAll(items);
    } finally {
      this.#runs.delete(run);
    }
  }

  /** Discards some dead items of a shard that are too old. The next claim corrects the index. */
  async #discardOld(
    expiry: Tenant["expiry"],
    { queue, queueShard }: ClaimName,
    maxAgeMs: number,
  ): Promise<"more"> {
    const limit = defaults.discardLimit.value;
    const reply = await expiry.discardOld({ queue, queueShard, maxAgeMs, limit });
    if (reply.outcome === "discarded") this.#counts.discarded += reply.discarded;
    return "more";
  }
}

/**
 * Whether the scripts accept the name as it was decoded, so that the worker can report its result.
 * Bytes that are no UTF-8 are decoded as U+FFFD, which `track` refuses.
 */
function isName(item: string): boolean {
  if (item.includes("\uFFFD")) return false;
  try {
    types.id.encode("item", item);
    return true;
  } catch {
    return false;
  }
}

function invalidNames(count: number): CorruptError {
  return new CorruptError(
    `${count} claimed items have names that are no UTF-8 text of 1 to 256 bytes, so no worker can handle them. ` +
      "Remove them from <namespace>:{<tenant>:<queue>:<queue_shard>}:processing and :attempts",
  );
}
