import { nodeOf, OutOfMemoryError, type RedisLike } from "../../client/index.js";
import { notify } from "../../core/notify.js";
import { cacheDefaults as defaults } from "../defaults.js";
import { firstWithin } from "../load/soft-timeout.js";
import type { CacheClient } from "./servers.js";

/**
 * `stores`: there is room. `full`: a server is above its share of `maxmemory`, so values are not stored.
 * `off`: no server refuses writes at its limit, because it has none, or evicts keys. `unreadable`: the user
 * has no right to INFO, so values are stored without a check. `unknown`: nothing was stored yet, or no
 * server has answered.
 */
export type MemoryState = "stores" | "full" | "off" | "unreadable" | "unknown";

/** What a key and its entry in Redis take besides the value. */
const ENTRY_BYTES = 150;

/** A process stores at most this part of the free memory before it reads again how much is used. */
const PART_OF_FREE = 1 / 64;

/** Above so many nodes, the one that was read first is forgotten. */
const MAX_NODES = 1_000;

interface Watched {
  readonly onError: ((error: Error) => void) | undefined;
}

/**
 * Keeps fills from taking all memory of a server that also has locks and stock. If the server refuses
 * writes at its limit, nothing is stored above a share of it.
 */
export class MemoryGuard {
  readonly #client: Pick<CacheClient, "readMemory">;
  readonly #redis: RedisLike;
  readonly #share: number;
  readonly #nodes = new Map<string, NodeMemory>();
  readonly #reportedAt = new WeakMap<Watched, number>();
  #notStored = 0;

  /** @param share the part of `maxmemory` up to which values are stored; 1 stores all */
  constructor(client: Pick<CacheClient, "readMemory">, redis: RedisLike, share: number) {
    this.#client = client;
    this.#redis = redis;
    this.#share = share;
  }

  /** The values that were not stored. */
  get notStored(): number {
    return this.#notStored;
  }

  /** The most important state of all servers. */
  get state(): MemoryState {
    if (this.#share >= 1) return "off";
    const states = [...this.#nodes.values()].map(({ state }) => state);
    const order = ["full", "unreadable", "unknown", "stores"] as const;
    return order.find((one) => states.includes(one)) ?? (states.length > 0 ? "off" : "unknown");
  }

  /** Whether the server of the key is known to be full. It does not wait. */
  isFull(key: string, watched: Watched): boolean {
    if (this.#share >= 1) return false;
    const node = this.#nodeOf(key);
    if (!node.isCurrent) node.read();
    return node.state === "full" && this.#refuse(watched);
  }

  /** Whether a value of so many bytes may be stored. It waits if the memory must be read first. */
  async admits(key: string, bytes: number, watched: Watched): Promise<boolean> {
    if (this.#share >= 1) return true;
    const node = this.#nodeOf(key);
    // A server that does not answer in time is taken as it was.
    if (!node.isCurrent) await firstWithin(defaults.memoryTimeoutMs.value, node.read(), undefined);
    return node.take(bytes + key.length + ENTRY_BYTES) || !this.#refuse(watched);
  }

  #refuse(watched: Watched): true {
    this.#notStored++;
    const now = performance.now();
    const reportedAt = this.#reportedAt.get(watched) ?? Number.NEGATIVE_INFINITY;
    if (now - reportedAt >= defaults.memoryReportMs.value) {
      this.#reportedAt.set(watched, now);
      const percent = Math.round(this.#share * 100);
      const message = `values of caches are not stored while the server uses ${percent} % of its maxmemory`;
      notify(watched.onError, new OutOfMemoryError(message));
    }
    return true;
  }

  #nodeOf(key: string): NodeMemory {
    const address = nodeOf(this.#redis, key);
    const known = this.#nodes.get(address);
    if (known) {
      // The slot of the key before may have moved to another node.
      known.key = key;
      return known;
    }
    const node = new NodeMemory(key, (one) => this.#client.readMemory(one), this.#share);
    const [oldest] = this.#nodes.keys();
    if (this.#nodes.size >= MAX_NODES && oldest !== undefined) this.#nodes.delete(oldest);
    this.#nodes.set(address, node);
    return node;
  }
}

/** The memory of one server, as it was read last. */
class NodeMemory {
  /** A key of this server. */
  key: string;
  readonly #ask: CacheClient["readMemory"];
  readonly #share: number;
  #reading: Promise<void> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #state: MemoryState = "unknown";
  /** What may be stored up to the share; below 0 if more is used. */
  #roomBytes = Number.POSITIVE_INFINITY;
  /** What may be stored before the memory is read again, because other processes store too. */
  #budgetBytes = 0;

  constructor(key: string, ask: CacheClient["readMemory"], share: number) {
    this.key = key;
    this.#ask = ask;
    this.#share = share;
  }

  get state(): MemoryState {
    return this.#state;
  }

  get isCurrent(): boolean {
    if (performance.now() - this.#readAt >= defaults.memoryPeriodMs.value) return false;
    return this.#state !== "stores" || this.#budgetBytes > 0;
  }

  /** Callers share a reading. */
  read(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Whether there is room, which is taken. */
  take(bytes: number): boolean {
    if (this.#state === "full") return false;
    if (this.#state !== "stores") return true;
    if (bytes > this.#roomBytes) {
      this.#state = "full";
      return false;
    }
    this.#roomBytes -= bytes;
    this.#budgetBytes -= bytes;
    return true;
  }

  async #read(): Promise<void> {
    const memory = await this.#ask(this.key);
    this.#readAt = performance.now();
    // Without an answer, it stays as it was.
    if (memory.kind === "unknown") return;
    if (memory.kind === "refused") this.#state = "unreadable";
    else if (memory.maxBytes === 0 || memory.mayEvict) this.#state = "off";
    else {
      this.#roomBytes = memory.maxBytes * this.#share - memory.usedBytes;
      this.#budgetBytes = (memory.maxBytes - memory.usedBytes) * PART_OF_FREE;
      this.#state = this.#roomBytes > 0 ? "stores" : "full";
    }
  }
}
