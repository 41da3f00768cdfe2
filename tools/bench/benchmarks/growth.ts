import type { Benchmark, Ground } from "../benchmark.js";
import { type Case, ratioCase } from "../case.js";
import { LOW, REMEMBER_MS } from "../contestants/hand.js";
import { productOf } from "../contestants/products.js";
import { count } from "../report/format.js";
import type { Point } from "../report/plot.js";
import { readStatistics } from "../scripts/statistics.js";
import { makeDue, queueShard, trackLater } from "../support/due-items.js";
import { median } from "../support/median.js";
import { fillStock } from "../support/products.js";

const WAREHOUSES = [1, 10, 100];
const ITEMS = [1_000, 10_000, 100_000, 1_000_000];
const MOST_ITEMS = 10_000_000;
const BATCHES = [1, 10, 100, 1_000];
const ROUNDS = 15;
const QUICK_ROUNDS = 5;
/** Calls of one round. */
const CALLS = 200;
/** Items of one claim: the greatest limit. */
const CLAIMED = 100;
const CLAIMS = 5;
const LEASE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** The calls must not share commands, because the cost of one call is measured. */
const ALONE = { batching: false };

/** A script at one size: it makes the calls of a round. */
interface Sized {
  readonly size: number;
  readonly calls: number;
  run(): Promise<unknown>;
  /** Restores the data after a round. */
  restore?(): Promise<unknown>;
}

/** The server's time for a call, by size. */
type Costs = readonly { readonly size: number; readonly us: number }[];

export const growth: Benchmark = {
  heading: "Growth",
  method:
    "The time of the server for a call, by `INFO commandstats`, while the data grow: warehouses of a product, tracked items of a queue, and calls in one `many`. A claim has 100 items.",
  async measure(ground) {
    const { acme } = ground;
    const sizes = ground.isQuick ? ITEMS : [...ITEMS, MOST_ITEMS];
    await fillWarehouses(ground);
    await fillStock(acme);
    for (const size of sizes) {
      ground.progress(`tracking ${count(size)} items`);
      await trackLater(ground, queueOf(size), size);
    }
    const reads = await costs(
      ground,
      "stock.read",
      WAREHOUSES.map((size) => readOf(ground, size)),
    );
    const sales = await costs(
      ground,
      "stock.adjust",
      WAREHOUSES.map((size) => saleOf(ground, size)),
    );
    const levels = await costs(
      ground,
      "stock.levels",
      WAREHOUSES.map((size) => levelsOf(ground, size)),
    );
    const tracks = await costs(
      ground,
      "expiry.track",
      sizes.map((size) => trackOf(ground, size)),
    );
    const claims = await costs(
      ground,
      "expiry.claim",
      sizes.map((size) => claimOf(ground, size)),
    );
    const batches = await costs(
      ground,
      "stock.read.many",
      BATCHES.map((size) => batchOf(ground, size)),
    );
    return {
      cases: [
        ...growthCases("stock.read", reads, "warehouses", WAREHOUSES),
        ...growthCases("stock.adjust, warehouse given", sales, "warehouses", WAREHOUSES),
        ...growthCases("stock.levels", levels, "warehouses", WAREHOUSES),
        ...growthCases("expiry.track", tracks, "items", sizes, 1_000_000),
        ...growthCases("expiry.claim of 100", claims, "items", sizes, 1_000_000),
        ...growthCases("stock.read.many, a product", batches, "calls in a list", BATCHES),
      ],
      plots: [
        {
          file: "growth",
          title: "Time of the server while the data grow",
          kind: "lines",
          isLog: true,
          xTitle: "Warehouses, tracked items, or calls in a list",
          yTitle: "Microseconds a call",
          points: [
            ...pointsOf("stock.read, by warehouses", reads),
            ...pointsOf("stock.adjust, by warehouses", sales),
            ...pointsOf("expiry.track, by items", tracks),
            ...pointsOf("expiry.claim of 100, by items", claims),
            ...pointsOf("stock.read.many a product, by calls", batches),
          ],
        },
      ],
    };
  },
};

/** Rounds of all sizes alternate, so that they see the same state of the machine. */
async function costs(ground: Ground, what: string, all: readonly Sized[]): Promise<Costs> {
  const found = new Map<number, number[]>(all.map(({ size }) => [size, []]));
  const rounds = ground.isQuick ? QUICK_ROUNDS : ROUNDS;
  for (let round = -1; round < rounds; round++) {
    ground.progress(`${what}, round ${round + 1} of ${rounds}`);
    for (const { size, calls, run, restore } of round % 2 === 0 ? all : all.toReversed()) {
      await ground.redis.config("RESETSTAT");
      await run();
      const { scriptUs } = await readStatistics(ground.redis, { removed: false });
      await restore?.();
      if (round >= 0) found.get(size)?.push(scriptUs / calls);
    }
  }
  return [...found].map(([size, us]) => ({ size, us: median(us) }));
}

function growthCases(
  name: string,
  costs: Costs,
  unit: string,
  sizes: readonly number[],
  flatTo?: number,
): Case[] {
  const usOf = (size: number | undefined) => costs.find((cost) => cost.size === size)?.us ?? Number.NaN;
  const [least = Number.NaN, ...others] = sizes;
  // The target is that of the issue: flat from 1,000 to 1,000,000 entries.
  return [
    flatTo ?? others.at(-1) ?? Number.NaN,
    ...(flatTo === undefined ? [] : others.filter((size) => size > flatTo)),
  ].map((most) =>
    ratioCase(
      `${name}, ${count(most)} to ${count(least)} ${unit}`,
      { ours: usOf(most), theirs: usOf(least), unit: "us of server time" },
      most === flatTo ? { atMost: 1.5 } : undefined,
    ),
  );
}

function pointsOf(series: string, costs: Costs): Point[] {
  return costs.map(({ size, us }) => ({ series, x: size, y: us }));
}

const stockedIn = (warehouses: number) => `in-${warehouses}`;
const queueOf = (items: number) => `of-${items}`;
const times = (calls: number, call: (index: number) => Promise<unknown>) =>
  Promise.all(Array.from({ length: calls }, (_, index) => call(index)));

async function fillWarehouses({ acme }: Ground): Promise<void> {
  for (const warehouses of WAREHOUSES)
    for (let warehouse = 0; warehouse < warehouses; warehouse++)
      await acme.stock.setLevel({
        product: stockedIn(warehouses),
        warehouse: `warehouse-${warehouse}`,
        quantity: 1_000_000,
        sequence: 1,
        low: LOW,
      });
}

const readOf = ({ acme }: Ground, size: number): Sized => ({
  size,
  calls: CALLS,
  run: () => times(CALLS, () => acme.stock.read({ product: stockedIn(size), low: LOW }, ALONE)),
});

const levelsOf = ({ acme }: Ground, size: number): Sized => ({
  size,
  calls: CALLS,
  run: () => times(CALLS, () => acme.stock.levels({ product: stockedIn(size) }, ALONE)),
});

const saleOf = ({ acme }: Ground, size: number): Sized => {
  const sale = { product: stockedIn(size), change: -1, warehouse: "warehouse-0", backorder: true, low: LOW };
  return {
    size,
    calls: CALLS,
    run: () => times(CALLS, () => acme.stock.adjust({ ...sale, rememberMs: REMEMBER_MS }, ALONE)),
  };
};

const trackOf = ({ acme }: Ground, size: number): Sized => {
  const queue = { queue: queueOf(size), queueShard };
  const dueMs = () => Date.now() + HOUR_MS;
  return {
    size,
    calls: CALLS,
    run: () =>
      times(CALLS, (item) =>
        acme.scripts.expiry.track({ ...queue, item: `new-${item}`, dueMs: dueMs() }, ALONE),
      ),
    restore: () => times(CALLS, (item) => acme.scripts.expiry.cancel({ ...queue, item: `new-${item}` })),
  };
};

const claimOf = (ground: Ground, size: number): Sized => {
  const { expiry } = ground.acme.scripts;
  const queue = { queue: queueOf(size), queueShard };
  let claimed: { readonly claim: string; readonly items: string[] }[] = [];
  let made = 0;
  return {
    size,
    calls: CLAIMS,
    run: async () => {
      await makeDue(ground, queueOf(size), CLAIMED * CLAIMS);
      for (let claims = 0; claims < CLAIMS; claims++) {
        const claim = `claim-${++made}`;
        const reply = await expiry.claim({ ...queue, claim, limit: CLAIMED, leaseMs: LEASE_MS });
        if (reply.outcome !== "claimed") throw new Error("nothing was due");
        claimed.push({ claim, items: reply.items.map(({ item }) => item) });
      }
    },
    restore: async () => {
      for (const claim of claimed) await expiry.ack({ ...queue, ...claim });
      claimed = [];
    },
  };
};

const batchOf = ({ acme }: Ground, size: number): Sized => {
  const lists = Math.ceil(1_000 / size);
  const list = Array.from({ length: size }, (_, index) => ({ product: productOf(index), low: LOW }));
  return {
    size,
    calls: lists * size,
    run: async () => {
      for (let made = 0; made < lists; made++) await acme.stock.read.many(list);
    },
  };
};
