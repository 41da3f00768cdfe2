import type { NamedLines } from "./arguments.js";
import type { CartCall } from "./decision.js";
import { cartDefaults } from "./defaults.js";
import type { CartLine } from "./lines.js";
import type { OlderCartReply, RefusedLine } from "./types.js";

/**
 * A cart that a new one replaces.
 *
 * While it is open, its record has an undecided attempt of this call, so that nobody can commit it in
 * between. Its lines grow first and are cut last, so that no other buyer takes a unit in between: if
 * one line cannot grow, the others shrink again, which cannot fail.
 */
export class OlderCart {
  readonly #older: NamedLines;
  readonly #call: CartCall;
  readonly #units: ReadonlyMap<string, number>;
  /** The products whose hold has grown, with the new units. */
  readonly #grown = new Map<string, number>();
  #fence: number | undefined;

  constructor(older: NamedLines, call: CartCall) {
    this.#older = older;
    this.#call = call;
    this.#units = new Map(older.lines.map(({ product, units }) => [product, units]));
  }

  has(product: string): boolean {
    return this.#units.has(product);
  }

  /** The argument of `stock.reserve` that ends the older hold of a product in the same step. */
  replacedIn(product: string): { readonly replaces?: string } {
    return this.has(product) ? { replaces: this.#older.cart } : {};
  }

  /** Keeps others from committing the older cart. */
  async open(): Promise<OlderCartReply | { readonly outcome: "opened" }> {
    const { cart, lines, rememberMs } = this.#older;
    const { scripts, time } = this.#call;
    const prepareLimitMs = cartDefaults.prepareLimitMs.value;
    const begun = await scripts.cart.begin({ cart, lines, prepareLimitMs, rememberMs }, time.rest());
    switch (begun.outcome) {
      case "begun":
        this.#fence = begun.fence;
        return { outcome: "opened" };
      case "busy":
        return { outcome: "older_busy", waitMs: begun.waitMs };
      case "aborted":
        return { outcome: "older_busy", waitMs: 0 };
      case "already_committed":
      case "mismatch":
        return { outcome: "older_committed" };
    }
  }

  /** Gives lines back that an earlier attempt has left prepared. */
  async settle(lines: readonly CartLine[]): Promise<void> {
    const { cart: reservation, rememberMs } = this.#older;
    const { scripts, time } = this.#call;
    const fence = this.#fence ?? 0;
    await everyOne(
      lines.filter(({ product }) => this.has(product)),
      ({ product }) =>
        scripts.stock.releasePrepared({ product, reservation, fence, rememberMs }, time.rest(true)),
    );
  }

  /** Makes each hold as large as the new line. Returns the lines that could not grow. */
  async grow(lines: readonly CartLine[]): Promise<readonly RefusedLine[]> {
    const growing = lines.filter(({ product, units }) => (this.#units.get(product) ?? units) < units);
    const refused = await everyOne(growing, (line) => this.#growOne(line));
    return refused.flatMap((line) => line ?? []);
  }

  /** Gives back what has grown. If that fails, the leases end by themselves. */
  async shrink(): Promise<void> {
    const { cart: reservation, rememberMs } = this.#older;
    const { scripts, afterwards } = this.#call;
    await Promise.allSettled(
      [...this.#grown].map(([product, fromUnits]) => {
        const units = this.#units.get(product) ?? 1;
        return scripts.stock.resize({ product, reservation, units, fromUnits, rememberMs }, afterwards);
      }),
    );
  }

  /** Releases the products that the new cart does not have. If that fails, their leases end. */
  async releaseOthers(lines: readonly CartLine[]): Promise<void> {
    const { cart: reservation, rememberMs } = this.#older;
    const { scripts, afterwards } = this.#call;
    const kept = new Set(lines.map(({ product }) => product));
    await Promise.allSettled(
      [...this.#units.keys()]
        .filter((product) => !kept.has(product))
        .map((product) => scripts.stock.release({ product, reservation, rememberMs }, afterwards)),
    );
  }

  /** Ends the attempt of `open`. If that fails, the worker ends it. */
  async close(): Promise<void> {
    const { cart, lines } = this.#older;
    const { scripts, afterwards } = this.#call;
    const fence = this.#fence;
    if (fence === undefined) return;
    const products = lines.map(({ product }) => product);
    const abort = async () => {
      await scripts.cart.abort({ cart, fence }, afterwards);
      await scripts.cart.finish({ cart, fence, products }, afterwards);
    };
    await abort().catch(() => undefined);
  }

  async #growOne(line: CartLine): Promise<RefusedLine | undefined> {
    const { cart: reservation, rememberMs } = this.#older;
    const { scripts, time } = this.#call;
    const { product, units } = line;
    const fromUnits = this.#units.get(product) ?? units;
    // Before the call, because it may have run although no reply comes.
    this.#grown.set(product, units);
    const resize = () =>
      scripts.stock.resize({ product, reservation, units, fromUnits, rememberMs }, time.rest(true));
    let reply = await resize();
    if (reply.outcome === "refused") {
      // Leases of others may have ended, and no sweep has closed them yet.
      const { value: limit } = cartDefaults.maxSwept;
      await scripts.stock.sweep({ product, limit, rememberMs }, time.rest(true));
      reply = await resize();
    }
    switch (reply.outcome) {
      case "resized":
        return undefined;
      case "refused":
        return { ...line, outcome: "refused", available: reply.available };
      case "prepared":
        return { ...line, outcome: "prepared" };
      case "mismatch":
      case "already_committed":
      case "released":
      case "expired":
      case "unknown":
        // There is no such hold, so the new one is reserved with what the older cart really holds.
        return undefined;
    }
  }
}

/** The results in order. Rejects with the first error, after all calls have ended. */
async function everyOne<Item, Result>(
  items: readonly Item[],
  call: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = await Promise.allSettled(items.map(async (item) => call(item)));
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}
