import { setTimeout as pause } from "node:timers/promises";
import {
  MoonpathError,
  type StockAdjustArgs,
  type StockCommitArgs,
  type StockReleaseArgs,
  type StockReserveArgs,
  type StockResizeArgs,
} from "../../../../src/index.js";
import type { Call } from "../../../history/call.js";
import type { StockOperation } from "../../../history/models/stock.js";
import { record } from "../../../history/record.js";
import type { HistoryClient } from "./clients.js";
import { below, happens, oneOf } from "./random.js";

const WAREHOUSE = "berlin";
/** The units of a product at first. */
export const UNITS = 30;
const REMEMBER_MS = 600_000;

let operations = 0;

/** Gives a new product its units. Its history begins afterwards. */
export async function stockUp({ scripts, options }: HistoryClient, product: string): Promise<void> {
  const event = { product, warehouse: WAREHOUSE, quantity: UNITS, sequence: 1, low: 0 };
  for (;;) {
    try {
      await scripts.stock.setLevel(event, options);
      return;
    } catch (error) {
      if (!(error instanceof MoonpathError)) throw error;
      await pause(20);
    }
  }
}

/** A client sells or returns units, or holds some for an order. */
export async function stockSession(
  client: HistoryClient,
  history: Call<StockOperation>[],
  product: string,
): Promise<void> {
  const { scripts, options } = client;
  const adjust = (args: StockAdjustArgs) =>
    record(
      history,
      client,
      () => scripts.stock.adjust(args, options),
      (reply) => ({ name: "adjust" as const, args, reply }),
    );
  const reserve = (args: StockReserveArgs) =>
    record(
      history,
      client,
      () => scripts.stock.reserve(args, options),
      (reply) => ({ name: "reserve" as const, args, reply }),
    );
  const resize = (args: StockResizeArgs) =>
    record(
      history,
      client,
      () => scripts.stock.resize(args, options),
      (reply) => ({ name: "resize" as const, args, reply }),
    );
  const commit = (args: StockCommitArgs) =>
    record(
      history,
      client,
      () => scripts.stock.commit(args, options),
      (reply) => ({ name: "commit" as const, args, reply }),
    );
  const release = (args: StockReleaseArgs) =>
    record(
      history,
      client,
      () => scripts.stock.release(args, options),
      (reply) => ({ name: "release" as const, args, reply }),
    );

  const named = () => ({ product, operation: `operation-${++operations}`, rememberMs: REMEMBER_MS });
  if (happens(0.5)) {
    const change = oneOf(-1, -2, -3, 1, 3);
    const sale = {
      ...named(),
      change,
      backorder: happens(0.1),
      low: 0,
      ...(happens(0.5) ? { warehouse: WAREHOUSE } : {}),
    };
    const reply = await adjust(sale);
    // A caller without a reply asks again, and so does one that is careful.
    if (reply === undefined || happens(0.3)) await adjust(sale);
    if (happens(0.1)) await adjust({ ...sale, change: change - 1 });
    await pause(below(20));
    return;
  }
  // A read may see what no replica has, and a failover may lose it.
  if (happens(0.3) && options.minReplicas === undefined) {
    const args = { product, low: 0 };
    await record(
      history,
      client,
      () => scripts.stock.read(args),
      (reply) => ({ name: "read" as const, args, reply }),
    );
    return;
  }
  let reservation = `cart-${++operations}`;
  // Many calls have no reply around a failover. Then no reply tells when a lease ends, and the check
  // would have to try too many times. So no lease ends there.
  const leaseMs = options.minReplicas === undefined ? oneOf(40, 150, 600) : 60_000;
  const asking = { ...named(), reservation, units: oneOf(1, 2, 4), backorder: happens(0.05), leaseMs };
  const reply = await reserve(asking);
  if (happens(0.2)) await reserve(happens(0.5) ? asking : { ...asking, ...named() });
  if (reply?.outcome === "reserved") await pause(below(Math.min(1.3 * leaseMs, 500)));
  if (happens(0.3)) {
    const sizes = [oneOf(1, 3, 5), oneOf(1, 2)].map((units) => ({ ...named(), reservation, units }));
    for (const size of sizes) await resize(size);
    // A late copy of the older one.
    if (happens(0.5) && sizes[0]) await resize(sizes[0]);
  }
  if (happens(0.3)) {
    // The buyer has another cart in place of the first one.
    const next = { ...named(), reservation: `cart-${++operations}`, units: oneOf(1, 3), leaseMs };
    await reserve({ ...next, replaces: reservation });
    if (happens(0.3)) await reserve({ ...next, replaces: reservation });
    if (happens(0.5)) reservation = next.reservation;
  }
  const ending = { ...named(), reservation };
  const retaking = { ...ending, ...named(), retake: true, backorder: happens(0.1) };
  if (happens(0.5)) await commit(happens(0.5) ? ending : retaking);
  if (happens(0.5)) await release({ ...ending, ...(happens(0.5) ? named() : {}) });
  if (happens(0.2)) await commit(happens(0.5) ? ending : retaking);
  // A late copy of the first call.
  if (happens(0.2)) await reserve(asking);
}
