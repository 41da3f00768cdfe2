import { ArgumentError } from "../client/index.js";
import { checkedInteger } from "../core/checks.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { MAX_DURATION_MS } from "../core/limits.js";
import { asError, notify, type OnError } from "../core/notify.js";
import { readFrom } from "../core/read-from.js";
import { type GaugeValues, Instruments } from "./instruments.js";
import { checkedPrefix, checkedRegister, DEFAULT_PREFIX, type PrometheusOptions } from "./register.js";
import { prefixed } from "./shop.js";
import { type MetricNameOf, metrics } from "./table.js";

/** What a queue says of the writes of one tenant. */
interface Depth {
  readonly queued: number;
  readonly inFlight: number;
  readonly dead: number;
  readonly bytes: number;
  readonly oldestMs: number | undefined;
}

/** A queue, as `createWriteQueue` makes it. */
export interface WriteDepths {
  readonly name: string;
  tenant(name: string): { depth(): Promise<Depth> };
}

/** Options of `writeBehindMetrics`. */
export interface WriteBehindMetricsOptions extends PrometheusOptions {
  /** The queues. Their names are the values of the label `queue`. */
  readonly queues: readonly WriteDepths[];
  /** The tenants that use them. It is called when metrics are collected. */
  readonly tenants: () => readonly string[];
  /** Milliseconds between two readings; a collection before that exports the last one. Default 10,000. */
  readonly intervalMs?: number | undefined;
  /**
   * How many tenants one reading asks about; each costs 16 calls of a script for each queue. The next
   * reading goes on with the others, whose last known depths count meanwhile. Default 20.
   */
  readonly maxTenants?: number | undefined;
  /** The beginning of `conn_dict_cache_write_behind_queue_size`. Default `conn_dict_`. */
  readonly shopPrefix?: string | undefined;
  /** Receives the errors of readings. The last known depth counts then. */
  readonly onError?: OnError | undefined;
}

const optionNames: OptionNames<WriteBehindMetricsOptions> = {
  register: true,
  prefix: true,
  queues: true,
  tenants: true,
  intervalMs: true,
  maxTenants: true,
  shopPrefix: true,
  onError: true,
};

const DEFAULT_INTERVAL_MS = 10_000;
const DEFAULT_MAX_TENANTS = 20;

/**
 * Exports the depth of queues of write-behind as gauges, summed over the tenants. Redis is asked only when
 * metrics are collected.
 *
 * ```ts
 * writeBehindMetrics({ register: new Registry(), queues: [queue], tenants: () => ["acme"] });
 * ```
 *
 * @throws ArgumentError that names the option, or prom-client's error if the registry has such metrics
 */
export function writeBehindMetrics(options: WriteBehindMetricsOptions): void {
  const { register, prefix, shopPrefix, depths } = readFrom("options", () => {
    refuseUnknownOptions(options, optionNames);
    const { queues, tenants, intervalMs = DEFAULT_INTERVAL_MS, onError } = options;
    if (!Array.isArray(queues)) throw new ArgumentError("queues", "a list of queues of createWriteQueue");
    if (typeof tenants !== "function") throw new ArgumentError("tenants", "a function that returns names");
    const checked = {
      tenants,
      onError,
      intervalMs: checkedInteger("intervalMs", intervalMs, 0, MAX_DURATION_MS),
      maxTenants: checkedInteger("maxTenants", options.maxTenants ?? DEFAULT_MAX_TENANTS, 1, 10_000),
    };
    return {
      register: checkedRegister(options.register),
      prefix: checkedPrefix("prefix", options.prefix ?? DEFAULT_PREFIX),
      shopPrefix: checkedPrefix("shopPrefix", options.shopPrefix ?? "conn_dict_"),
      depths: queues.map((queue: WriteDepths) => new SampledDepth(queue, checked)),
    };
  });
  const instruments = new Instruments(register, (name) =>
    "prefix" in metrics[name] ? prefixed(name, { conn_dict_: shopPrefix }) : prefix + name,
  );
  const ofEach = async <Name extends MetricNameOf<"gauge">>(
    valuesOf: (queue: string, sum: Depth) => GaugeValues<Name>,
  ): Promise<GaugeValues<Name>> => {
    const sums = await Promise.all(depths.map(async (depth) => valuesOf(depth.name, await depth.sum())));
    return sums.flat();
  };
  instruments.gauge("writebehind_writes", () =>
    ofEach<"writebehind_writes">((queue, { queued, inFlight, dead }) => [
      [{ queue, write_state: "queued" }, queued],
      [{ queue, write_state: "in_flight" }, inFlight],
      [{ queue, write_state: "dead" }, dead],
    ]),
  );
  instruments.gauge("writebehind_bytes", () =>
    ofEach<"writebehind_bytes">((queue, { bytes }) => [[{ queue }, bytes]]),
  );
  instruments.gauge("writebehind_oldest_seconds", () =>
    ofEach<"writebehind_oldest_seconds">((queue, { oldestMs = 0 }) => [[{ queue }, oldestMs / 1_000]]),
  );
  instruments.gauge("conn_dict_cache_write_behind_queue_size", async () => {
    const sums = await Promise.all(depths.map((depth) => depth.sum()));
    return [[{}, sums.reduce((size, { queued, inFlight }) => size + queued + inFlight, 0)]];
  });
}

type Sampling = Pick<WriteBehindMetricsOptions, "tenants" | "onError"> & {
  readonly intervalMs: number;
  readonly maxTenants: number;
};

/** The depth of one queue. Each reading asks about some of the tenants. */
class SampledDepth {
  readonly #queue: WriteDepths;
  readonly #sampling: Sampling;
  readonly #known = new Map<string, Depth>();
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;
  /** How many tenants were asked about in this round. */
  #position = 0;

  constructor(queue: WriteDepths, sampling: Sampling) {
    this.#queue = queue;
    this.#sampling = sampling;
  }

  get name(): string {
    return this.#queue.name;
  }

  async sum(): Promise<Depth> {
    if (performance.now() - this.#readAt >= this.#sampling.intervalMs) {
      // The gauges of one collection share a reading.
      this.#reading ??= this.#read().finally(() => {
        this.#reading = undefined;
        this.#readAt = performance.now();
      });
      await this.#reading;
    }
    const all = [...this.#known.values()];
    const sumOf = (field: "queued" | "inFlight" | "dead" | "bytes") =>
      all.reduce((total, depth) => total + depth[field], 0);
    return {
      queued: sumOf("queued"),
      inFlight: sumOf("inFlight"),
      dead: sumOf("dead"),
      bytes: sumOf("bytes"),
      oldestMs: all.reduce((oldest, { oldestMs = 0 }) => Math.max(oldest, oldestMs), 0),
    };
  }

  /** Never rejects: prom-client would export nothing then. */
  async #read(): Promise<void> {
    const { tenants, maxTenants, onError } = this.#sampling;
    try {
      const present = [...new Set(tenants())];
      for (const tenant of this.#known.keys()) if (!present.includes(tenant)) this.#known.delete(tenant);
      if (this.#position >= present.length) this.#position = 0;
      const sample = present.slice(this.#position, this.#position + maxTenants);
      this.#position += sample.length;
      await Promise.all(
        sample.map(async (tenant) => {
          try {
            this.#known.set(tenant, await this.#queue.tenant(tenant).depth());
          } catch (error) {
            notify(onError, asError(error));
          }
        }),
      );
    } catch (error) {
      notify(onError, asError(error));
    }
  }
}
