import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import { keys, type Tenant } from "../../../../src/index.js";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { startKiller } from "../../support/client-killer.js";
import { client, connect, ownServer, type ServerAddress } from "../../support/connections.js";
import { formatNumber, runConcurrently } from "../../support/run-concurrently.js";

const CLIENTS = 64;
const COUPON = "summer";
/** Units in all, and of each customer. All customers together could take half as much again. */
const LIMIT = 1_000;
const CUSTOMER_LIMIT = 3;
const CUSTOMERS = 500;
const LOOK_EVERY_MS = 50;
const REMEMBER_MS = 600_000;

/** Many clients redeem more of a coupon than it has, while their connections are killed. */
export const couponsOverdrawn: Fault = {
  id: 23,
  name: "Redemptions of many more units of a coupon than it has, with CLIENT KILL, copies and releases",
  async run(run) {
    const server = await ownServer(run);
    const attempts = run.size({ full: 300_000, quick: 8_000 });
    const { kept, looks, broken, wrong, killed, end } = await redeem(run, server, attempts);
    const naive = await redeemNaively(run, server, run.size({ full: 50_000, quick: 6_000 }));
    const units = sumOf(kept);
    const over = Math.max(0, units - LIMIT);
    const customersOver = [...kept.values()].filter((own) => own > CUSTOMER_LIMIT).length;
    return {
      size: `${formatNumber(attempts)} redemptions by ${CLIENTS} clients on ${formatNumber(LIMIT)} units, at most ${CUSTOMER_LIMIT} for each of ${CUSTOMERS} customers; ${formatNumber(killed)} connections killed`,
      figure: `${over} units over the limit of ${formatNumber(units)} redeemed, ${customersOver} customers over theirs; both limits and the sum held in all of ${formatNumber(looks)} checks; ${wrong} copies with another answer`,
      control: `clients that read and then write: ${formatNumber(naive.over)} units over the limit, ${naive.customers} customers over theirs`,
      ok:
        over + customersOver + broken + wrong === 0 &&
        units === end &&
        units > LIMIT / 2 &&
        looks > 10 &&
        killed > 0 &&
        naive.over + naive.customers > 0,
      ...(units === end ? {} : { note: `the replies say ${units} units, and the coupon has ${end}` }),
    };
  },
};

async function redeem(run: FaultRun, place: ServerAddress, attempts: number) {
  const namespace = run.name();
  const tenants = Array.from({ length: CLIENTS }, () => client(run, place, namespace).tenant);
  const [first] = tenants;
  if (first === undefined) throw new Error("no client");
  await first.coupon.set({ coupon: COUPON, limit: LIMIT, customerLimit: CUSTOMER_LIMIT, sequence: 1 });
  const watch = watchLimits(connect(run, place), keys.coupon({ namespace, tenant: "shop" }, COUPON));
  const killer = startKiller(run, connect(run, place));
  const kept = new Map<string, number>();
  let wrong = 0;
  await runConcurrently(run, { count: attempts, workers: CLIENTS }, async (index, worker) => {
    const { units, customer, isRight } = await order((tenants[worker] ?? first).coupon, index);
    kept.set(customer, (kept.get(customer) ?? 0) + units);
    if (!isRight) wrong++;
  });
  const killed = killer.stop();
  const seen = await watch();
  const end = await first.coupon.read({ coupon: COUPON });
  return { ...seen, kept, wrong, killed, end: end.outcome === "found" ? end.redeemed : Number.NaN };
}

/** One order: how many units it keeps, and whether all copies of its calls were answered alike. */
async function order(coupon: Tenant["coupon"], index: number) {
  const customer = `customer-${Math.floor(Math.random() * CUSTOMERS)}`;
  const units = 1 + (index % 2);
  const named = { coupon: COUPON, redemption: `order-${index}`, rememberMs: REMEMBER_MS };
  const call = () => coupon.redeem({ ...named, customer, units });
  // Some cancellations come before their order.
  if (index % 20 === 0) await coupon.release(named);
  const { outcome } = await call();
  const copies = index % 4 === 0 ? [await call()] : [];
  // Some orders stay, the others are cancelled, so that others redeem their units again.
  const isCancelled = index % 10 < 7;
  if (isCancelled) {
    await coupon.release(named);
    if (index % 3 === 0) await coupon.release(named);
  }
  const again = index % 5 === 0 ? [await call()] : [];
  const after = isCancelled && outcome === "redeemed" ? "released" : outcome;
  const isRight =
    copies.every((copy) => copy.outcome === outcome) &&
    again.every((copy) => copy.outcome === after) &&
    (index % 20 !== 0 || outcome === "released");
  return { customer, units: outcome === "redeemed" && !isCancelled ? units : 0, isRight };
}

/** Reads the coupon again and again until the returned function is called. */
function watchLimits(redis: Redis, key: string): () => Promise<{ looks: number; broken: number }> {
  let [looks, broken, over] = [0, 0, false];
  const looking = (async () => {
    while (!over) {
      const { rules: _, redeemed = "0", ...customers } = await redis.hgetall(key);
      const counts = new Map(Object.entries(customers).map(([name, units]) => [name, Number(units)]));
      looks++;
      const isOver = [...counts.values()].some((units) => units > CUSTOMER_LIMIT);
      if (Number(redeemed) > LIMIT || isOver || sumOf(counts) !== Number(redeemed)) broken++;
      await pause(LOOK_EVERY_MS);
    }
    return { looks, broken };
  })();
  return () => {
    over = true;
    return looking;
  };
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, units) => sum + units, 0);
}

/** The control without a script reads both counts, and redeems a unit if there is one. */
async function redeemNaively(run: FaultRun, place: ServerAddress, attempts: number) {
  const connections = Array.from({ length: CLIENTS }, () => connect(run, place));
  const [first] = connections;
  const key = `${run.name()}:naive`;
  await runConcurrently(run, { count: attempts, workers: CLIENTS }, async (_, worker) => {
    const redis = connections[worker];
    const customer = `customer-${Math.floor(Math.random() * CUSTOMERS)}`;
    const [redeemed, own] = (await redis?.hmget(key, "redeemed", customer)) ?? [];
    if (Number(redeemed) >= LIMIT || Number(own) >= CUSTOMER_LIMIT) return;
    await redis?.multi().hincrby(key, "redeemed", 1).hincrby(key, customer, 1).exec();
  });
  const { redeemed = "0", ...customers } = (await first?.hgetall(key)) ?? {};
  return {
    over: Math.max(0, Number(redeemed) - LIMIT),
    customers: Object.values(customers).filter((units) => Number(units) > CUSTOMER_LIMIT).length,
  };
}
