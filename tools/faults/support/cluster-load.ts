import { inspect } from "node:util";
import { MoonpathError, type Tenant } from "../../../src/index.js";
import type { FaultRun } from "../fault-run.js";

/** Errors of a cluster that no caller should see. */
export const redirections = ["CROSSSLOT", "MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN"] as const;

/** The units of each product before the load begins. */
export const UNITS = 1_000_000;

const REMEMBER_MS = 60_000;
/** How long a caller repeats a call that no replica has acknowledged. */
const ASKING_MS = 40_000;

/** The counts of a load, as its callers saw them. */
export interface Load {
  readonly sold: number;
  readonly viewed: number;
  readonly calls: number;
  /**
   * Replies that the write exists, but on no replica. The caller repeats such a call until a
   * replica has it.
   */
  readonly unreplicated: number;
  /** Cluster errors that reached a caller. */
  readonly leaked: readonly string[];
  /** All other errors. */
  readonly failed: readonly string[];
}

/**
 * Callers sell, view, price and track products until they are stopped. Each has its own group of
 * products. With `minReplicas`, a call counts when the replicas have it.
 */
export function startLoad(
  run: FaultRun,
  tenants: readonly Tenant[],
  groups: readonly (readonly string[])[],
  minReplicas: number,
): { stop(): Promise<Load> } {
  let stopped = false;
  let [next, sold, viewed, calls, unreplicated] = [0, 0, 0, 0, 0];
  const [leaked, failed]: [string[], string[]] = [[], []];
  const options = { minReplicas, replicaWaitMs: 200 };

  const acknowledged = async (call: () => Promise<unknown>): Promise<boolean> => {
    const until = performance.now() + ASKING_MS;
    for (;;) {
      try {
        calls++;
        await call();
        return true;
      } catch (error) {
        const again = error instanceof MoonpathError && error.code === "NOT_REPLICATED";
        const kind = redirections.find((code) => new RegExp(`\\b${code}\\b`).test(inspect(error)));
        if (kind && !again) leaked.push(kind);
        if (again && performance.now() < until) unreplicated++;
        else {
          failed.push(error instanceof Error ? error.message : String(error));
          return false;
        }
      }
    }
  };
  const worker = async ({ stock, views, price, expiry }: Tenant, products: readonly string[]) => {
    while (!stopped && !run.signal.aborted) {
      const index = next++;
      const product = products[index % products.length] ?? "";
      const named = { operation: `o-${index}`, rememberMs: REMEMBER_MS };
      const sale = { product, change: -1, backorder: false, low: 0, ...named };
      const event = { product, currency: "EUR", amountMinor: index, sequence: index };
      const view = { shard: product, views: [{ product, count: 1 }], ...named };
      switch (Math.floor(Math.random() * 5)) {
        case 0:
          await acknowledged(() => price.set(event, options));
          break;
        case 1:
          await acknowledged(() =>
            expiry.track({ queue: product, item: `i-${index}`, dueMs: index }, options),
          );
          break;
        case 2:
          if (await acknowledged(() => views.add(view, options))) viewed++;
          break;
        default:
          if (await acknowledged(() => stock.adjust(sale, options))) sold++;
      }
    }
  };
  const workers = Promise.all(
    groups.map((products, own) => {
      const tenant = tenants[own % tenants.length];
      return tenant && worker(tenant, products);
    }),
  );
  const stop = async () => {
    stopped = true;
    await workers;
    return { sold, viewed, calls, unreplicated, leaked, failed };
  };
  return run.onClose({ stop }, stop);
}

/** Sets the units of every product. */
export async function fillStock(tenant: Tenant, products: readonly string[]): Promise<void> {
  const event = { warehouse: "berlin", quantity: UNITS, sequence: 1, low: 0 };
  await Promise.all(products.map((product) => tenant.stock.setLevel({ product, ...event })));
}

/** The number of sold units. */
export async function soldOf(tenant: Tenant, products: readonly string[]): Promise<number> {
  const stocks = await Promise.all(products.map((product) => tenant.stock.read({ product, low: 0 })));
  return stocks.reduce((sum, stock) => sum + UNITS - (stock.outcome === "known" ? stock.total : 0), 0);
}

/** The number of counted views. */
export async function viewsOf(tenant: Tenant, products: readonly string[]): Promise<number> {
  const batches = await Promise.all(
    products.map((shard) => tenant.views.take({ shard, limit: 100 }).catch(() => undefined)),
  );
  return batches.reduce(
    (sum, batch) =>
      sum + (batch?.outcome === "batch" ? batch.views.reduce((all, { count }) => all + count, 0) : 0),
    0,
  );
}
