import { inspect } from "node:util";
import type { Redis } from "ioredis";
import { slotOf } from "../../../src/client/connection/slot.js";
import { keys, scripts, type Tenant } from "../../../src/index.js";
import type { FaultRun } from "../fault-run.js";
import { fillStock, redirections, UNITS } from "./cluster-load.js";
import { moveSlot } from "./clusters.js";

const PRODUCT = "full";
const WORKERS = 4;
const REMEMBER_MS = 600_000;
/** Items of one claim. */
/** The shard of the queue whose keys are in the slot. */
const queueShard = "0";
const CLAIM_LIMIT = 10;

/** What callers and servers counted while a slot with many keys moved. */
export interface FullSlotMove {
  readonly keys: number;
  readonly calls: number;
  /** How long each move took, in milliseconds. */
  readonly movedMs: readonly number[];
  /** Differences between what callers were told and what the servers have, by name. */
  readonly off: readonly string[];
  /** Cluster errors that reached a caller. */
  readonly leaked: readonly string[];
  /** All other errors. */
  readonly failed: readonly string[];
}

/** Moves a slot that has many keys there and back while clients adjust, reserve and claim in it. */
export async function moveFullSlot(
  run: FaultRun,
  primaries: readonly Redis[],
  tenants: readonly Tenant[],
  namespace: string,
): Promise<FullSlotMove> {
  const [tenant] = tenants;
  if (!tenant) throw new Error("no client");
  const scope = { namespace, tenant: "shop" };
  const stockKey = keys.stock(scope, PRODUCT);
  const slot = slotOf(stockKey);
  const count = run.size({ full: 10_000, quick: 1_000 });
  const items = run.size({ full: 4_000, quick: 400 });
  const queue = queueIn(slot, scope);

  await fillStock(tenant, [PRODUCT]);
  await fillSlot(primaries, stockKey, count);
  for (let from = 0; from < items; from += 500) {
    const names = Array.from({ length: Math.min(500, items - from) }, (_, index) => `item-${from + index}`);
    await Promise.all(
      names.map((item) => tenant.scripts.expiry.track({ queue, queueShard, item, dueMs: 1 })),
    );
  }

  const work = new Work(tenants, queue);
  const movedMs: number[] = [];
  const working = work.start(run.signal);
  for (let move = 0; move < 2; move++) {
    run.progress(`a slot of ${count} keys moves`);
    const began = performance.now();
    await moveSlot(primaries, slot, 0);
    movedMs.push(Math.round(performance.now() - began));
  }
  work.stop();
  await working;
  const off = await work.differences(tenant, items);
  return { keys: count, calls: work.calls, movedMs, off, leaked: work.leaked, failed: work.failed };
}

/** The first queue whose keys are in the slot. */
function queueIn(slot: number, scope: { readonly namespace: string; readonly tenant: string }): string {
  for (let index = 0; ; index++) {
    const queue = `queue-${index}`;
    const call = scripts.expiry.claim.encode(scope, {
      queue,
      queueShard,
      claim: "any",
      limit: 1,
      leaseMs: 1,
    });
    if (call.keys.every((key) => slotOf(key) === slot)) return queue;
  }
}

/** Writes keys with the hash tag of a key, on the node that owns its slot. */
async function fillSlot(primaries: readonly Redis[], key: string, count: number): Promise<void> {
  const tagged = key.slice(0, key.indexOf("}") + 1);
  for (let from = 0; from < count; from += 1_000) {
    const names = Array.from({ length: 1_000 }, (_, index) => `${tagged}:other-${from + index}`);
    const pairs = names.slice(0, count - from).flatMap((name) => [name, "a value of some length"]);
    const results = await Promise.allSettled(primaries.map((node) => node.mset(...pairs)));
    if (!results.some(({ status }) => status === "fulfilled")) throw new Error("no primary has the slot");
  }
}

/** Callers in one slot, and what they were told. */
class Work {
  calls = 0;
  readonly leaked: string[] = [];
  readonly failed: string[] = [];
  #stopped = false;
  #next = 0;
  #sold = 0;
  /** How often each item was claimed. */
  readonly #claimed = new Map<string, number>();

  constructor(
    private readonly tenants: readonly Tenant[],
    private readonly queue: string,
  ) {}

  async start(signal: AbortSignal): Promise<void> {
    const jobs = [this.#adjust, this.#reserve, this.#claim];
    await Promise.all(
      jobs.flatMap((job) =>
        Array.from({ length: WORKERS }, async (_, own) => {
          const tenant = this.tenants[own % this.tenants.length];
          while (tenant && !this.#stopped && !signal.aborted) await this.#try(() => job(tenant));
        }),
      ),
    );
  }

  stop(): void {
    this.#stopped = true;
  }

  async differences(tenant: Tenant, items: number): Promise<string[]> {
    const stock = await tenant.stock.read({ product: PRODUCT, low: 0 });
    const [total, available] = stock.outcome === "known" ? [stock.total, stock.available] : [0, 0];
    let left = 0;
    for (;;) {
      const reply = await tenant.scripts.expiry.claim(this.#claimArgs());
      if (reply.outcome !== "claimed") break;
      left += reply.items.length;
    }
    const twice = [...this.#claimed.values()].filter((times) => times > 1).length;
    const checks = {
      "units sold": UNITS - this.#sold - total,
      "units held": total - available,
      "items lost": items - left - this.#claimed.size,
      "items claimed twice": twice,
    };
    return Object.entries(checks).flatMap(([name, value]) => (value === 0 ? [] : [`${value} ${name}`]));
  }

  readonly #adjust = async ({ stock }: Tenant) => {
    const operation = `sale-${this.#next++}`;
    const terms = { backorder: false, low: 0, rememberMs: REMEMBER_MS };
    const reply = await stock.adjust({ product: PRODUCT, change: -1, operation, ...terms });
    if (reply.outcome === "adjusted") this.#sold++;
  };

  /** Every second reservation is committed, the others are released. */
  readonly #reserve = async ({ stock }: Tenant) => {
    const number = this.#next++;
    const call = { product: PRODUCT, reservation: `cart-${number}`, rememberMs: REMEMBER_MS };
    await stock.reserve({ ...call, units: 1, leaseMs: REMEMBER_MS });
    this.calls++;
    if (number % 2 === 0) await stock.release(call);
    else if ((await stock.commit(call)).outcome.endsWith("committed")) this.#sold++;
  };

  readonly #claim = async ({ scripts: { expiry } }: Tenant) => {
    const args = this.#claimArgs();
    const reply = await expiry.claim(args);
    if (reply.outcome !== "claimed") return;
    const items = reply.items.map(({ item }) => item);
    for (const item of items) this.#claimed.set(item, (this.#claimed.get(item) ?? 0) + 1);
    this.calls++;
    await expiry.ack({ queue: this.queue, queueShard, claim: args.claim, items });
  };

  #claimArgs() {
    const claim = `claim-${this.#next++}`;
    return { queue: this.queue, queueShard, claim, limit: CLAIM_LIMIT, leaseMs: REMEMBER_MS };
  }

  async #try(call: () => Promise<void>): Promise<void> {
    this.calls++;
    try {
      await call();
    } catch (error) {
      const kind = redirections.find((code) => new RegExp(`\\b${code}\\b`).test(inspect(error)));
      if (kind) this.leaked.push(kind);
      else this.failed.push(error instanceof Error ? error.message : String(error));
    }
  }
}
