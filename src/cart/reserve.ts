import type { StockReserveReply } from "../../generated/ts/index.js";
import type { CallOptions, CallTime } from "../client/index.js";
import type { CartScripts } from "./decision.js";
import { cartDefaults } from "./defaults.js";
import { type CartLine, summedLines } from "./lines.js";
import { OlderCart } from "./older-cart.js";
import type { CartReserveArgs, CartReserveReply, RefusedLine, ReservedLine } from "./types.js";

/** Holds all lines, or none. */
export async function reserveAll(
  { stock }: CartScripts,
  args: CartReserveArgs,
  time: CallTime,
  afterwards: CallOptions | undefined,
): Promise<CartReserveReply> {
  const { cart: reservation, leaseMs, rememberMs = cartDefaults.rememberMs.value } = args;
  const lines = summedLines(args.lines);
  const older =
    args.replaces === undefined
      ? undefined
      : new OlderCart({ stock, replaces: args.replaces, rememberMs, time, afterwards });
  const reserveOne = async ({ product, units }: CartLine): Promise<StockReserveReply> => {
    const named = { product, reservation, units, leaseMs, rememberMs, ...older?.replacedIn(product) };
    for (let call = 1; ; call++) {
      const reply = await stock.reserve(named, time.rest(true));
      if (reply.outcome !== "again" || call === cartDefaults.maxReserveCalls.value) return reply;
    }
  };
  /** Gives lines back. If that fails, their leases end by themselves. */
  const release = async (held: readonly CartLine[]) => {
    await Promise.allSettled(
      held.map(({ product }) => stock.release({ product, reservation, rememberMs }, afterwards)),
    );
  };
  /** Reserves these lines, and adds each to what is held or refused. */
  const reserveEach = async (some: readonly CartLine[]) => {
    const results = await Promise.allSettled(some.map(reserveOne));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) {
      await Promise.all([release(lines), older?.shrink()]);
      throw failed.reason;
    }
    for (const [index, result] of results.entries()) {
      const line = some[index];
      if (line === undefined || result.status === "rejected") continue;
      const { value: reply } = result;
      if (reply.outcome === "reserved") {
        reserved.push({ ...line, available: reply.available, leaseEndsMs: reply.leaseEndsMs });
      } else refused.push(refusedLine(line, reply));
    }
  };

  const reserved: ReservedLine[] = [];
  const refused: RefusedLine[] = [];
  // The lines of the older cart grow before anything of it ends. So nobody takes a unit in between.
  refused.push(...((await older?.grow(lines)) ?? []));
  if (refused.length === 0) await reserveEach(lines.filter(({ product }) => older?.has(product) !== true));
  if (refused.length === 0) await reserveEach(lines.filter(({ product }) => older?.has(product) === true));
  if (refused.length > 0) {
    await Promise.all([release(reserved), older?.shrink()]);
    return { outcome: "refused", lines: refused };
  }
  await older?.releaseOthers(lines);
  const inOrder = lines.flatMap(({ product }) => reserved.filter((line) => line.product === product));
  const leaseEndsMs = Math.min(...reserved.map((line) => line.leaseEndsMs));
  return { outcome: "reserved", leaseEndsMs, lines: inOrder };
}

function refusedLine(
  line: CartLine,
  reply: Exclude<StockReserveReply, { readonly outcome: "reserved" }>,
): RefusedLine {
  return reply.outcome === "refused"
    ? { ...line, outcome: "refused", available: reply.available }
    : { ...line, outcome: reply.outcome };
}
