import type { StockReserveReply } from "../../generated/ts/index.js";
import type { Reserving } from "./arguments.js";
import type { CartCall } from "./decision.js";
import { cartDefaults } from "./defaults.js";
import type { CartLine } from "./lines.js";
import { OlderCart } from "./older-cart.js";
import type { CartReserveReply, OlderCartReply, RefusedLine, ReservedLine } from "./types.js";

/** Holds all lines, or none. */
export async function reserveAll(
  order: Reserving,
  call: CartCall,
): Promise<CartReserveReply | OlderCartReply> {
  const { lines, replaces } = order;
  if (replaces === undefined) return new Reservation(order, call).reserve(lines, []);
  const older = new OlderCart({ ...replaces, rememberMs: order.rememberMs }, call);
  const opened = await older.open();
  if (opened.outcome !== "opened") return opened;
  try {
    await older.settle(lines);
    // The lines of the older cart grow before anything of it ends. So nobody takes a unit in between.
    const refused = await older.grow(lines);
    const isShared = ({ product }: CartLine) => older.has(product);
    const reply =
      refused.length > 0
        ? { outcome: "refused" as const, lines: refused }
        : await new Reservation(order, call, older).reserve(
            lines.filter((line) => !isShared(line)),
            lines.filter(isShared),
          );
    if (reply.outcome === "reserved") await older.releaseOthers(lines);
    else await older.shrink();
    return reply;
  } catch (error) {
    await older.shrink();
    throw error;
  } finally {
    await older.close();
  }
}

/** One call that reserves the lines of a cart. */
class Reservation {
  readonly #order: Reserving;
  readonly #call: CartCall;
  readonly #older: OlderCart | undefined;
  readonly #reserved: ReservedLine[] = [];
  readonly #refused: RefusedLine[] = [];
  /** The lines that this call has reserved, and no earlier one. */
  readonly #new: CartLine[] = [];

  constructor(order: Reserving, call: CartCall, older?: OlderCart) {
    this.#order = order;
    this.#call = call;
    this.#older = older;
  }

  /** Reserves the first lines, and if none is refused, the last ones. */
  async reserve(first: readonly CartLine[], last: readonly CartLine[]): Promise<CartReserveReply> {
    await this.#reserveEach(first);
    if (this.#refused.length === 0) await this.#reserveEach(last);
    if (this.#refused.length > 0) {
      await this.#release();
      return { outcome: "refused", lines: this.#refused };
    }
    const reserved = this.#reserved;
    const inOrder = this.#order.lines.flatMap(({ product }) =>
      reserved.filter((line) => line.product === product),
    );
    const leaseEndsMs = Math.min(...reserved.map((line) => line.leaseEndsMs));
    return { outcome: "reserved", leaseEndsMs, lines: inOrder };
  }

  /**
   * Adds each line to what is held or refused. After an error nothing is released, so that the caller
   * can make the same call again.
   */
  async #reserveEach(lines: readonly CartLine[]): Promise<void> {
    const results = await Promise.allSettled(lines.map((line) => this.#reserveOne(line)));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    for (const [index, result] of results.entries()) {
      const line = lines[index];
      if (line === undefined || result.status === "rejected") continue;
      const { value: reply } = result;
      if (reply.outcome !== "reserved") {
        this.#refused.push(refusedLine(line, reply));
        continue;
      }
      this.#reserved.push({ ...line, available: reply.available, leaseEndsMs: reply.leaseEndsMs });
      if (reply.repeated !== true) this.#new.push(line);
    }
  }

  async #reserveOne({ product, units }: CartLine): Promise<StockReserveReply> {
    const { cart: reservation, leaseMs, rememberMs } = this.#order;
    const { scripts, time } = this.#call;
    const named = {
      product,
      reservation,
      units,
      leaseMs,
      rememberMs,
      ...this.#older?.replacedIn(product),
    };
    for (let call = 1; ; call++) {
      const reply = await scripts.stock.reserve(named, time.rest(true));
      if (reply.outcome !== "again" || call === cartDefaults.maxReserveCalls.value) return reply;
    }
  }

  /** Gives the new lines back. If that fails, their leases end by themselves. */
  async #release(): Promise<void> {
    const { cart: reservation, rememberMs } = this.#order;
    const { scripts, afterwards } = this.#call;
    await Promise.allSettled(
      this.#new.map(({ product }) => scripts.stock.release({ product, reservation, rememberMs }, afterwards)),
    );
  }
}

function refusedLine(
  line: CartLine,
  reply: Exclude<StockReserveReply, { readonly outcome: "reserved" }>,
): RefusedLine {
  return reply.outcome === "refused"
    ? { ...line, outcome: "refused", available: reply.available }
    : { ...line, outcome: reply.outcome };
}
