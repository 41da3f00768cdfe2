import type { StockReserveReply } from "../../generated/ts/index.js";
import type { CallOptions, CallTime } from "../client/index.js";
import type { CartScripts } from "./decision.js";
import { cartDefaults } from "./defaults.js";
import { type CartLine, summedLines } from "./lines.js";
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
  const reserveOne = async ({ product, units }: CartLine): Promise<StockReserveReply> => {
    for (let call = 1; ; call++) {
      const reply = await stock.reserve(
        { product, reservation, units, leaseMs, rememberMs },
        time.rest(true),
      );
      if (reply.outcome !== "again" || call === cartDefaults.maxReserveCalls.value) return reply;
    }
  };
  /** Gives lines back. If that fails, their leases end by themselves. */
  const release = async (held: readonly CartLine[]) => {
    await Promise.allSettled(
      held.map(({ product }) => stock.release({ product, reservation, rememberMs }, afterwards)),
    );
  };
  const results = await Promise.allSettled(lines.map(reserveOne));
  const failed = results.find((result) => result.status === "rejected");
  if (failed) {
    await release(lines);
    throw failed.reason;
  }
  const reserved: ReservedLine[] = [];
  const refused: RefusedLine[] = [];
  for (const [index, result] of results.entries()) {
    const line = lines[index];
    if (line === undefined || result.status === "rejected") continue;
    const { value: reply } = result;
    if (reply.outcome === "reserved") {
      reserved.push({ ...line, available: reply.available, leaseEndsMs: reply.leaseEndsMs });
    } else refused.push({ ...line, ...reply });
  }
  if (refused.length > 0) {
    await release(reserved);
    return { outcome: "refused", lines: refused };
  }
  const leaseEndsMs = Math.min(...reserved.map((line) => line.leaseEndsMs));
  return { outcome: "reserved", leaseEndsMs, lines: reserved };
}
