import type { types } from "../../generated/ts/index.js";
import { queue as queueName } from "../../generated/ts/types.js";
import type {
  WritebehindEnqueueReply,
  WritebehindOperations,
} from "../../generated/ts/writebehind.scripts.js";
import type { CallOptions, Listening, Scope } from "../client/index.js";
import { checkedInteger } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import { readFrom } from "../core/read-from.js";
import { writeQueueDefaults as defaults } from "./defaults.js";
import { listDead } from "./list-dead.js";
import { writeShardOf, writeShards } from "./shards.js";
import { Workers } from "./workers.js";

/** Options of `createWriteQueue`. All but the name may be left out. */
export interface WriteQueueOptions {
  /** The queue's name, 1 to 240 characters. Writes of one database table or service share a queue. */
  readonly name: string;
  /** Queued and dead writes that one of the 16 shards takes. Default 10,000. */
  readonly maxWrites?: number | undefined;
  /** Bytes of writes that one of the 16 shards takes. Default 16,777,216. */
  readonly maxBytes?: number | undefined;
  /** When a shard has so many queued writes, workers flush at once. Default 100. */
  readonly flushWrites?: number | undefined;
  /** Milliseconds for which Redis knows that an operation was queued. Default 600,000. */
  readonly rememberMs?: number | undefined;
}

const queueOptions: OptionNames<WriteQueueOptions> = {
  name: true,
  maxWrites: true,
  maxBytes: true,
  flushWrites: true,
  rememberMs: true,
};

/** A client with the scripts of write-behind, such as `createMoonpath` returns. */
export interface WriteQueueClient {
  tenant(name: string): WriteQueueClientTenant;
}

interface WriteQueueClientTenant {
  readonly scripts: { readonly writebehind: WritebehindOperations };
  readonly scope: Scope;
  listen(channel: string, wake: () => void): Listening;
}

/** A write to be queued. */
export interface NewWrite {
  /** What is written, such as `product:lamp`: 1 to 256 characters without braces. */
  readonly key: string;
  /** At most 4 MiB. */
  readonly value: Uint8Array;
  /** Names this write, if the caller may send it again itself. Default: a new name. */
  readonly operation?: string | undefined;
}

/** A value that is queued or in flight. */
export interface PendingWrite {
  readonly outcome: "queued" | "in_flight";
  readonly value: Buffer;
  readonly operation: string;
}

/** The writes of all shards that are not in the database. */
export interface WriteDepth {
  readonly queued: number;
  /** In batches that were taken and not acknowledged. */
  readonly inFlight: number;
  /** Refused by the database; they wait for an operator. */
  readonly dead: number;
  readonly bytes: number;
  /** The age of the oldest write that is queued or in flight. */
  readonly oldestMs: number | undefined;
  /** Shards whose batch in flight has failed. */
  readonly failing: readonly { readonly shard: string; readonly attempts: number; readonly reason: string }[];
}

/** What a purge has discarded, and what it could not. */
export interface WritePurge {
  readonly queued: number;
  readonly dead: number;
  /** Writes in flight, which the database may have already. */
  readonly inFlight: number;
  /** Shards that still have queued writes, because others queued meanwhile. */
  readonly busy: readonly string[];
}

/** The queue of one tenant. */
export interface TenantWriteQueue {
  readonly name: string;
  readonly tenant: WriteQueueClientTenant;
  /** The workers of this process, of all tenants, that were started and not stopped. */
  readonly workers: Workers;
  /**
   * Queues a write. A queued write of the same key is replaced: the last value wins. When it resolves
   * with another outcome than `full`, the write is stored.
   */
  enqueue(write: NewWrite, options?: CallOptions): Promise<WritebehindEnqueueReply>;
  /** Queues a write and keeps all others, in their order by key. For events. */
  append(write: NewWrite, options?: CallOptions): Promise<WritebehindEnqueueReply>;
  /** The newest value of a key that is not in the database yet. */
  read(key: string, options?: CallOptions): Promise<PendingWrite | undefined>;
  /** The counts of all shards. */
  depth(options?: CallOptions): Promise<WriteDepth>;
  /** Writes that the database has refused, at most 100 of each shard, the oldest first. */
  listDead(options?: CallOptions): Promise<readonly types.DeadWrite[]>;
  /** Queues a dead write again, or discards it. `unknown`: it is not dead any more. */
  resolve(
    write: Pick<types.DeadWrite, "key" | "sequence">,
    decision: "redrive" | "discard",
    options?: CallOptions,
  ): Promise<"redriven" | "discarded" | "unknown">;
  /** Discards all queued and dead writes of the tenant: they never reach the database. */
  purge(options?: CallOptions): Promise<WritePurge>;
}

/** A queue of writes: `queue.tenant("acme")` has its functions. */
export interface WriteQueue {
  readonly name: string;
  /** @throws ArgumentError unless the name has 1 to 64 characters of `A-Z a-z 0-9 _ . -` */
  tenant(name: string): TenantWriteQueue;
}

/** Attempts to purge a shard in which others queue. */
const MAX_PURGES = 10;

/**
 * Makes a queue of writes in Redis, which `createWriteBehind` brings to a database. All processes make
 * it with the same options.
 *
 * ```ts
 * const queue = createWriteQueue(moonpath, { name: "products" });
 * await queue.tenant("acme").enqueue({ key: "lamp", value: Buffer.from("{}") });
 * ```
 *
 * @throws ArgumentError that names the option
 */
export function createWriteQueue(client: WriteQueueClient, options: WriteQueueOptions): WriteQueue {
  const limits = readFrom("options", () => {
    refuseUnknownOptions(options, queueOptions);
    queueName.encode("name", options.name);
    const { maxWrites, maxBytes, flushWrites, rememberMs } = defaults;
    return {
      queue: options.name,
      maxWrites: checkedInteger("maxWrites", options.maxWrites ?? maxWrites.value, 1, 1_000_000),
      maxBytes: checkedInteger("maxBytes", options.maxBytes ?? maxBytes.value, 1, Number.MAX_SAFE_INTEGER),
      flushWrites: checkedInteger("flushWrites", options.flushWrites ?? flushWrites.value, 1, 1_000_000),
      rememberMs: checkedInteger(
        "rememberMs",
        options.rememberMs ?? rememberMs.value,
        1_000,
        MAX_DURATION_MS,
      ),
    };
  });
  if (typeof client?.tenant !== "function")
    throw new ArgumentError("client", "a client, such as createMoonpath returns");
  const workers = new Workers();
  return { name: limits.queue, tenant: (name) => new TenantQueue(client.tenant(name), limits, workers) };
}

interface Limits {
  readonly queue: string;
  readonly maxWrites: number;
  readonly maxBytes: number;
  readonly flushWrites: number;
  readonly rememberMs: number;
}

class TenantQueue implements TenantWriteQueue {
  readonly #limits: Limits;

  constructor(
    readonly tenant: WriteQueueClientTenant,
    limits: Limits,
    readonly workers: Workers,
  ) {
    this.#limits = limits;
  }

  get name(): string {
    return this.#limits.queue;
  }

  enqueue(write: NewWrite, options?: CallOptions): Promise<WritebehindEnqueueReply> {
    return this.#add(write, "coalesce", options);
  }

  append(write: NewWrite, options?: CallOptions): Promise<WritebehindEnqueueReply> {
    return this.#add(write, "append", options);
  }

  async read(key: string, options?: CallOptions): Promise<PendingWrite | undefined> {
    const reply = await this.#scripts.read({ ...this.#placeOf(key), key }, options);
    return reply.outcome === "none" ? undefined : reply;
  }

  async depth(options?: CallOptions): Promise<WriteDepth> {
    const replies = await Promise.all(
      writeShards.map(async (shard) => ({ shard, ...(await this.#depthOf(shard, options)) })),
    );
    const sum = (field: "queued" | "inFlight" | "dead" | "bytes") =>
      replies.reduce((total, reply) => total + reply[field], 0);
    const ages = replies.flatMap(({ oldestMs }) => oldestMs ?? []);
    return {
      queued: sum("queued"),
      inFlight: sum("inFlight"),
      dead: sum("dead"),
      bytes: sum("bytes"),
      oldestMs: ages.length > 0 ? Math.max(...ages) : undefined,
      failing: replies.flatMap(({ shard, attempts, reason }) =>
        reason === undefined ? [] : [{ shard, attempts, reason }],
      ),
    };
  }

  async listDead(options?: CallOptions): Promise<readonly types.DeadWrite[]> {
    const lists = await Promise.all(
      writeShards.map((shard) => listDead(this.#scripts, this.#place(shard), options)),
    );
    return lists
      .flat()
      .sort((one, other) => one.deadSinceMs - other.deadSinceMs || one.sequence - other.sequence);
  }

  async resolve(
    { key, sequence }: Pick<types.DeadWrite, "key" | "sequence">,
    decision: "redrive" | "discard",
    options?: CallOptions,
  ): Promise<"redriven" | "discarded" | "unknown"> {
    const args = { ...this.#placeOf(key), key, sequence, decision };
    return (await this.#scripts.resolve(args, options)).outcome;
  }

  async purge(options?: CallOptions): Promise<WritePurge> {
    const purges = await Promise.all(writeShards.map((shard) => this.#purgeShard(shard, options)));
    const sum = (field: "queued" | "dead" | "inFlight") =>
      purges.reduce((total, one) => total + one[field], 0);
    return {
      queued: sum("queued"),
      dead: sum("dead"),
      inFlight: sum("inFlight"),
      busy: purges.flatMap(({ shard, isBusy }) => (isBusy ? [shard] : [])),
    };
  }

  async #purgeShard(shard: string, options: CallOptions | undefined) {
    let inFlight = 0;
    for (let attempt = 0; attempt < MAX_PURGES; attempt++) {
      const depth = await this.#depthOf(shard, options);
      inFlight = depth.inFlight;
      const reply = await this.#scripts.purge({ ...this.#place(shard), sequence: depth.sequence }, options);
      if (reply.outcome === "purged") {
        return { shard, queued: reply.queued, dead: reply.dead, inFlight, isBusy: false };
      }
    }
    return { shard, queued: 0, dead: 0, inFlight, isBusy: true };
  }

  #add(
    { key, value, operation }: NewWrite,
    mode: "coalesce" | "append",
    options: CallOptions | undefined,
  ): Promise<WritebehindEnqueueReply> {
    const { maxWrites, maxBytes, flushWrites, rememberMs } = this.#limits;
    const limits = { maxWrites, maxBytes, flushWrites, rememberMs };
    return this.#scripts.enqueue({ ...this.#placeOf(key), key, value, operation, mode, ...limits }, options);
  }

  get #scripts(): WritebehindOperations {
    return this.tenant.scripts.writebehind;
  }

  #depthOf(shard: string, options: CallOptions | undefined) {
    return this.#scripts.depth(this.#place(shard), options);
  }

  #placeOf(key: string) {
    return this.#place(typeof key === "string" ? writeShardOf(key) : "0");
  }

  #place(queueShard: string) {
    return { queue: this.#limits.queue, queueShard };
  }
}
