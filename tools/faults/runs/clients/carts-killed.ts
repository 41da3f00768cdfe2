import { setTimeout as pause } from "node:timers/promises";
import type { Cluster } from "ioredis";
import { createCartWorker } from "../../../../src/cart/index.js";
import { createReservationSweeper } from "../../../../src/expiry/index.js";
import { createMoonpath, keys, type Tenant } from "../../../../src/index.js";
import type { RedisCluster } from "../../../../src/testing/index.js";
import type { Fault } from "../../fault.js";
import { type FaultRun, startWorker } from "../../fault-run.js";
import { linesOf, PREPARE_LIMIT_MS, PRODUCTS, REMEMBER_MS } from "../../support/carts.js";
import { connectCluster, ownCluster } from "../../support/clusters.js";
import { formatNumber } from "../../support/run-concurrently.js";

const CLIENTS = 4;
/** A killed client has made at most so many calls. */
const MAX_CALLS = 600;
/** A worker looks at a cart at the end of its time. On a busy machine, this takes a while. */
const MAX_DELAY_MS = 5_000;
const SAMPLE_EVERY_MS = 100;

/** The run kills clients between any two calls of a whole cart. */
export const cartsKilled: Fault = {
  id: 24,
  name: "Whole carts of 1 to 20 lines over several slots, clients killed between any two calls",
  async run(run) {
    const cluster = await ownCluster(run);
    const redis = connectCluster(run, cluster);
    const kills = run.size({ full: 200, quick: 12 });
    const units = run.size({ full: 4_000, quick: 300 });
    const shop = await openShop(run, redis, units);
    const load = await killClients(run, cluster, shop, { kills, oneByOne: false });
    run.progress("waiting until nothing is held");
    const settledMs = await untilNothingIsHeld(run, shop);
    const longest = await shop.stop();
    const carts = await countCarts(shop, load.names, units);
    const control = await openShop(run, redis, units);
    const plain = await killClients(run, cluster, control, { kills: 4, oneByOne: true });
    await untilNothingIsHeld(run, control);
    await control.stop();
    const halved = (await countCarts(control, plain.names, units)).halved;
    const untold = load.told.filter((cart) => !carts.committed.has(cart)).length;
    const bad = carts.halved + carts.wrong + untold;
    return {
      size: `${formatNumber(carts.known)} carts by ${CLIENTS} clients at a time, ${load.kills} of them killed between two calls; ${PRODUCTS.length} products of ${formatNumber(units)} units in as many slots of a cluster`,
      figure: `${carts.halved} carts sold in part, ${untold} sold to a customer and lost, ${carts.wrong} products with wrong books (${formatNumber(carts.committed.size)} carts sold). A hold lasted at most ${formatNumber(longest)} ms longer than its lease or prepareLimitMs. ${formatNumber(settledMs)} ms after the load, nothing was held`,
      control: `stock.commit for each line: ${halved} carts sold in part by ${plain.kills} kills`,
      ok:
        bad === 0 &&
        carts.committed.size > 0 &&
        load.kills === kills &&
        longest <= MAX_DELAY_MS &&
        halved > 0,
    };
  },
};

interface Shop {
  readonly acme: Tenant;
  readonly redis: Cluster;
  readonly namespace: string;
  /** Stops the workers. Resolves with the longest hold beyond its time, in milliseconds. */
  stop(): Promise<number>;
}

async function openShop(run: FaultRun, redis: Cluster, quantity: number): Promise<Shop> {
  const namespace = run.name();
  const moonpath = createMoonpath(redis, { namespace, deadlineMs: 20_000, retries: 1_000 });
  run.onClose(moonpath, () => moonpath.close());
  const acme = moonpath.tenant("shop");
  await Promise.all(
    PRODUCTS.map((product) =>
      acme.stock.setLevel({ product, warehouse: "berlin", quantity, sequence: 1, low: 0 }),
    ),
  );
  const workers = [
    createCartWorker(moonpath, { rememberMs: REMEMBER_MS, retryMs: 500 }),
    createReservationSweeper(moonpath, { rememberMs: REMEMBER_MS }),
  ];
  for (const worker of workers) {
    worker.start();
    run.onClose(worker, () => worker.stop());
  }
  const sampler = startSampler(run, { acme, redis, namespace });
  return {
    acme,
    redis,
    namespace,
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
      return sampler.stop();
    },
  };
}

/** Looks at all reservations again and again, for holds that last too long. */
function startSampler(run: FaultRun, shop: Pick<Shop, "acme" | "redis" | "namespace">) {
  const prepared = new Map<string, number>();
  let longestMs = 0;
  let isOver = false;
  const loop = (async () => {
    while (!isOver && !run.signal.aborted) {
      const seen = new Set<string>();
      for (const product of PRODUCTS) {
        const reservations = await shop.redis.hgetall(keys.reservations(shop.acme.scope, product));
        const now = Date.now();
        for (const [name, text] of Object.entries(reservations)) {
          const [state = "", , ends = "", fence = ""] = text.split(" ");
          if (state === "held") longestMs = Math.max(longestMs, now - Number(ends));
          if (state !== "prepared") continue;
          const attempt = `${product} ${name} ${fence}`;
          seen.add(attempt);
          const since = prepared.get(attempt) ?? now;
          prepared.set(attempt, since);
          longestMs = Math.max(longestMs, now - since - PREPARE_LIMIT_MS);
        }
      }
      for (const attempt of prepared.keys()) if (!seen.has(attempt)) prepared.delete(attempt);
      await pause(SAMPLE_EVERY_MS);
    }
  })();
  loop.catch((error: unknown) => run.fail(error instanceof Error ? error : new Error(String(error))));
  return {
    async stop() {
      isOver = true;
      await loop;
      return longestMs;
    },
  };
}

async function killClients(
  run: FaultRun,
  cluster: RedisCluster,
  shop: Shop,
  { kills, oneByOne }: { readonly kills: number; readonly oneByOne: boolean },
) {
  const names: string[] = [];
  const told: string[] = [];
  let started = 0;
  let killed = 0;
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (started < kills && !run.signal.aborted) {
      const name = `client-${started++}`;
      run.progress(`kill ${started} of ${kills}`);
      names.push(name);
      const client = startWorker(run, "carts", {
        name,
        count: 1_000,
        ports: cluster.nodes.map(({ port }) => port).join(","),
        password: cluster.password ?? "",
        namespace: shop.namespace,
        dieAfter: 20 + Math.floor(Math.random() * MAX_CALLS),
        oneByOne: oneByOne ? 1 : 0,
      });
      client.process.on("message", (message) => told.push(JSON.parse(JSON.stringify(message))));
      if ((await client.ended) === "SIGKILL") killed++;
    }
  });
  await Promise.all(clients);
  return { names, told, kills: killed };
}

/** Resolves when no product has held units, with the time that it took. */
async function untilNothingIsHeld(run: FaultRun, { acme }: Shop): Promise<number> {
  const began = performance.now();
  while (!run.signal.aborted) {
    const stocks = await Promise.all(PRODUCTS.map((product) => acme.stock.read({ product, low: 0 })));
    if (stocks.every((stock) => stock.outcome === "known" && stock.total === stock.available)) break;
    await pause(50);
  }
  return Math.round(performance.now() - began);
}

/** Compares the records of the carts, their lines, and the stock. */
async function countCarts({ acme, redis }: Shop, clients: readonly string[], units: number) {
  const sold = new Map<string, Set<string>>();
  const left = new Map<string, number>();
  for (const product of PRODUCTS) {
    const reservations = await redis.hgetall(keys.reservations(acme.scope, product));
    for (const [cart, text] of Object.entries(reservations)) {
      const products = sold.get(cart) ?? new Set<string>();
      if (text.startsWith("committed ")) products.add(product);
      sold.set(cart, products);
    }
    const stock = await acme.stock.read({ product, low: 0 });
    left.set(product, stock.outcome === "known" ? stock.total : Number.NaN);
  }
  const committed = new Set<string>();
  let halved = 0;
  const expected = new Map(PRODUCTS.map((product) => [product, units]));
  for (const [cart, products] of sold) {
    if (!clients.some((client) => cart.startsWith(`${client}-`))) throw new Error(`unknown cart ${cart}`);
    const lines = linesOf(cart);
    const record = await acme.cart.read({ cart });
    const isSold = record.outcome === "committed";
    if (isSold) committed.add(cart);
    if (products.size > 0 && products.size < lines.length) halved++;
    else if (isSold !== (products.size === lines.length) && record.outcome !== "unknown") halved++;
    for (const { product, units: bought } of lines) {
      if (products.has(product)) expected.set(product, (expected.get(product) ?? 0) - bought);
    }
  }
  const wrong = PRODUCTS.filter((product) => left.get(product) !== expected.get(product)).length;
  return { known: sold.size, committed, halved, wrong };
}
