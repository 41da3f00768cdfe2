import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import { keys } from "../../../../src/index.js";
import type { Fault } from "../../fault.js";
import type { FaultRun } from "../../fault-run.js";
import { client, connect, ownServer, type ServerAddress } from "../../support/connections.js";
import { formatNumber, runConcurrently } from "../../support/run-concurrently.js";

const UNITS = 10_000;
const CLIENTS = 64;
const MINUTE_MS = 60_000;
const LOOK_EVERY_MS = 50;

/**
 * Many clients want the last units. Each reserves units, and commits, releases or abandons its
 * reservation.
 */
export const oversold: Fault = {
  id: 1,
  name: "Reservations of many more units than exist, by many clients",
  async run(run) {
    const server = await ownServer(run);
    const attempts = run.size({ full: 1_000_000, quick: 30_000 });
    const { looks, broken, committed, left } = await sell(run, server, attempts);
    const sold = UNITS - left;
    const naive = await sellNaively(run, server, run.size({ full: 50_000, quick: 12_000 }));
    return {
      size: `${formatNumber(attempts)} reservations by ${CLIENTS} clients on ${formatNumber(UNITS)} units`,
      figure: `${formatNumber(Math.max(0, committed - UNITS))} oversold of ${formatNumber(committed)} committed; available + held + sold = total in all of ${formatNumber(looks)} checks`,
      control: `clients that read and then write: ${formatNumber(naive - UNITS)} oversold`,
      ok: committed === sold && committed <= UNITS && broken === 0 && looks > 10 && naive > UNITS,
      ...(broken > 0 ? { note: `the invariant was broken in ${broken} checks` } : {}),
    };
  },
};

async function sell(run: FaultRun, place: ServerAddress, attempts: number) {
  const namespace = run.name();
  const tenants = Array.from({ length: CLIENTS }, () => client(run, place, namespace).tenant);
  const [first] = tenants;
  if (first === undefined) throw new Error("no client");
  await first.stock.setLevel({ product: "shoe", warehouse: "berlin", quantity: UNITS, sequence: 1, low: 0 });
  const watch = watchInvariant(connect(run, place), namespace);
  let committed = 0;
  await runConcurrently(run, { count: attempts, workers: CLIENTS }, async (index, worker) => {
    const { stock } = tenants[worker] ?? first;
    const reservation = `cart-${index}`;
    const ids = { product: "shoe", reservation, rememberMs: 10 * MINUTE_MS };
    // Some leases end at once, and the next reserve frees their units.
    const forgotten = index % 10 === 9;
    const reply = await stock.reserve({ ...ids, units: 1, leaseMs: forgotten ? 1 : MINUTE_MS });
    if (reply.outcome !== "reserved" || forgotten) return;
    // Some orders are cancelled, so that clients reserve the units again.
    if (index % 10 < 5) await stock.release(ids);
    else if ((await stock.commit(ids)).outcome === "committed") committed++;
  });
  const seen = await watch();
  const end = await first.stock.read({ product: "shoe", low: 0 });
  return { ...seen, committed, left: end.outcome === "known" ? end.total : Number.NaN };
}

/**
 * Checks the sums of the product repeatedly, in one MULTI each time, until the returned function is
 * called.
 */
function watchInvariant(redis: Redis, namespace: string): () => Promise<{ looks: number; broken: number }> {
  const scope = { namespace, tenant: "shop" };
  const [stock, reservations] = [keys.stock(scope, "shoe"), keys.reservations(scope, "shoe")];
  let [looks, broken, over] = [0, 0, false];
  const looking = (async () => {
    while (!over) {
      const replies = await redis.multi().hmget(stock, "total", "held").hvals(reservations).exec();
      const [[, counts] = [null, null], [, states] = [null, null]] = replies ?? [];
      if (!isTexts(counts) || !isTexts(states)) throw new Error("the check itself failed");
      const [total = 0, held = 0] = counts.map(Number);
      const sold = unitsIn(states, "committed");
      looks++;
      if (total + sold !== UNITS || held !== unitsIn(states, "held") || held > total) broken++;
      // A check reads thousands of reservations, so it leaves the server time for the clients.
      await pause(LOOK_EVERY_MS);
    }
    return { looks, broken };
  })();
  return () => {
    over = true;
    return looking;
  };
}

function unitsIn(states: readonly (string | null)[], wanted: string): number {
  return states.reduce(
    (sum, state) => sum + (state?.startsWith(wanted) ? Number(state.split(" ")[1]) : 0),
    0,
  );
}

function isTexts(value: unknown): value is readonly (string | null)[] {
  return Array.isArray(value) && value.every((text) => text === null || typeof text === "string");
}

/**
 * The control without a script reads the rest, and takes a unit if there is one. Returns the number
 * of sold units.
 */
async function sellNaively(run: FaultRun, place: ServerAddress, attempts: number): Promise<number> {
  const connections = Array.from({ length: CLIENTS }, () => connect(run, place));
  const [first] = connections;
  const key = `${run.name()}:left`;
  await first?.set(key, UNITS);
  let sold = 0;
  await runConcurrently(run, { count: attempts, workers: CLIENTS }, async (_, worker) => {
    const redis = connections[worker];
    if (redis === undefined || Number(await redis.get(key)) <= 0) return;
    await redis.decr(key);
    sold++;
  });
  return sold;
}
