import type { CallOptions, CallTime } from "../client/index.js";
import { ArgumentError } from "../core/errors.js";
import type { CartScripts } from "./decision.js";
import { type CartLine, summedLines } from "./lines.js";
import type { RefusedLine, ReplacedCart } from "./types.js";

interface OlderCartParts {
  readonly stock: CartScripts["stock"];
  readonly replaces: ReplacedCart;
  readonly rememberMs: number;
  readonly time: CallTime;
  readonly afterwards: CallOptions | undefined;
}

/**
 * A cart that a new one replaces. Its lines grow first and are cut last, so that no other buyer takes a
 * unit in between: if one line cannot grow, the others shrink again, which cannot fail.
 */
export class OlderCart {
  readonly #parts: OlderCartParts;
  readonly #units: ReadonlyMap<string, number>;
  /** The products whose hold has grown. */
  readonly #grown = new Set<string>();

  constructor(parts: OlderCartParts) {
    const { replaces } = parts;
    if (typeof replaces !== "object" || replaces === null) {
      throw new ArgumentError("replaces", "an object such as { cart, lines }");
    }
    this.#parts = parts;
    this.#units = new Map(summedLines(replaces.lines).map(({ product, units }) => [product, units]));
  }

  has(product: string): boolean {
    return this.#units.has(product);
  }

  /** The argument of `stock.reserve` that ends the older hold of a product in the same step. */
  replacedIn(product: string): { readonly replaces?: string } {
    return this.has(product) ? { replaces: this.#parts.replaces.cart } : {};
  }

  /** Makes each hold as large as the new line. Returns the lines that could not grow. */
  async grow(lines: readonly CartLine[]): Promise<readonly RefusedLine[]> {
    const growing = lines.filter(({ product, units }) => (this.#units.get(product) ?? units) < units);
    const results = await Promise.allSettled(growing.map((line) => this.#growOne(line)));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) {
      await this.shrink();
      throw failed.reason;
    }
    return results.flatMap((result) =>
      result.status === "fulfilled" && result.value !== undefined ? [result.value] : [],
    );
  }

  /** Gives back what has grown. If that fails, the leases end by themselves. */
  async shrink(): Promise<void> {
    const { stock, replaces, rememberMs, afterwards } = this.#parts;
    await Promise.allSettled(
      [...this.#grown].map((product) => {
        const units = this.#units.get(product) ?? 1;
        return stock.resize({ product, reservation: replaces.cart, units, rememberMs }, afterwards);
      }),
    );
  }

  /** Releases the products that the new cart does not have. If that fails, their leases end. */
  async releaseOthers(lines: readonly CartLine[]): Promise<void> {
    const { stock, replaces, rememberMs, afterwards } = this.#parts;
    const kept = new Set(lines.map(({ product }) => product));
    await Promise.allSettled(
      [...this.#units.keys()]
        .filter((product) => !kept.has(product))
        .map((product) => stock.release({ product, reservation: replaces.cart, rememberMs }, afterwards)),
    );
  }

  async #growOne(line: CartLine): Promise<RefusedLine | undefined> {
    const { stock, replaces, rememberMs, time } = this.#parts;
    const { product, units } = line;
    // Before the call, because it may have run although no reply comes.
    this.#grown.add(product);
    const reply = await stock.resize(
      { product, reservation: replaces.cart, units, rememberMs },
      time.rest(true),
    );
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
        // There is no such hold any more, so the new one is reserved as if it were the first.
        return undefined;
    }
  }
}
