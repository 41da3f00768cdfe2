import type { StockReleasePreparedReply } from "../../generated/ts/index.js";
import type { CallOptions } from "../client/index.js";
import type { SlotClient } from "../slots/index.js";
import { cartDefaults } from "./defaults.js";
import type { CartLine } from "./lines.js";

/** A line that could not follow the decision about its cart. */
export interface DeadLine {
  readonly tenant: string;
  readonly cart: string;
  readonly product: string;
  readonly units: number;
  /**
   * Why: `shortfall` or `short` if units are missing, `released`, `expired` or `mismatch` if the
   * reservation is another one now, `unknown` if no reservation is known. `sold` if the cart is aborted
   * and the line is sold: a failover has lost the decision.
   */
  readonly reason: string;
}

/** The parts of a client that finishes carts. */
export type CartClient = SlotClient<"cart" | "slot" | "stock">;

interface CartFinisherParts {
  readonly client: CartClient;
  readonly rememberMs: number;
  readonly callOptions: CallOptions;
  readonly onDeadLetter: (line: DeadLine) => void;
}

/** A prepared line that a worker has found. */
interface FoundLine {
  readonly tenant: string;
  readonly cart: string;
  readonly product: string;
  /** The fence under which it was prepared. */
  readonly fence: number;
}

/** Lets the lines of carts follow their decision, after their callers have stopped. */
export class CartFinisher {
  readonly #parts: CartFinisherParts;
  readonly #counts = { followed: 0, deadLettered: 0 };

  constructor(parts: CartFinisherParts) {
    this.#parts = parts;
  }

  counts(): { readonly followed: number; readonly deadLettered: number } {
    return { ...this.#counts };
  }

  /** Asks the record of a cart, and lets its open lines follow. */
  async settleCart(tenant: string, cart: string): Promise<void> {
    const { client, callOptions } = this.#parts;
    const decision = await client.scriptsOf(tenant, "cart").settle({ cart }, callOptions);
    switch (decision.outcome) {
      case "undecided":
      case "unknown":
        return;
      case "committed":
      case "aborted":
        await this.#follow(tenant, cart, decision);
    }
  }

  /** Asks the record of a prepared line's cart, and lets the line follow. */
  async settleLine({ tenant, cart, product, fence }: FoundLine): Promise<void> {
    const { client, callOptions } = this.#parts;
    const scripts = client.scriptsOf(tenant, "cart");
    const decision = await scripts.settle({ cart }, callOptions);
    switch (decision.outcome) {
      case "undecided":
        return;
      case "unknown":
        await this.#release({ tenant, cart, product, fence });
        return;
      case "aborted": {
        const line = decision.openLines.find((one) => one.product === product) ?? { product, units: 1 };
        const isBack = await this.#giveBack(tenant, cart, Math.max(fence, decision.fence), line);
        if (isBack) await this.#finish(tenant, cart, decision.fence, [product]);
        return;
      }
      case "committed":
        break;
    }
    const record = await scripts.read({ cart }, callOptions);
    const line = record.outcome === "committed" && record.lines.find((one) => one.product === product);
    // A later attempt may have other lines, and a failover may have lost a later attempt.
    if (!line || fence > decision.fence) {
      await this.#release({ tenant, cart, product, fence });
      return;
    }
    if (await this.#sell(tenant, cart, decision.fence, line)) {
      await this.#finish(tenant, cart, decision.fence, [product]);
    }
  }

  async #follow(
    tenant: string,
    cart: string,
    decision: {
      readonly outcome: "committed" | "aborted";
      readonly fence: number;
      readonly openLines: readonly CartLine[];
    },
  ): Promise<void> {
    const { fence } = decision;
    const results = await Promise.allSettled(
      decision.openLines.map(async (line) => {
        const { product } = line;
        if (decision.outcome === "committed") {
          return (await this.#sell(tenant, cart, fence, line)) ? product : undefined;
        }
        return (await this.#giveBack(tenant, cart, fence, line)) ? product : undefined;
      }),
    );
    const products = results.flatMap((result) =>
      result.status === "fulfilled" && result.value !== undefined ? [result.value] : [],
    );
    await this.#finish(tenant, cart, fence, products);
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  }

  /** Whether the line is sold. If it cannot be, the cart is set aside. */
  async #sell(tenant: string, cart: string, fence: number, { product, units }: CartLine): Promise<boolean> {
    const { client, rememberMs, callOptions } = this.#parts;
    const stock = client.scriptsOf(tenant, "stock");
    const line = { product, reservation: cart, fence, rememberMs };
    const first = await stock.commitPrepared(line, callOptions);
    switch (first.outcome) {
      case "committed":
      case "already_committed":
        return true;
      case "unknown":
        await this.#setAside({ tenant, cart, product, units, reason: "unknown" }, fence);
        return false;
      case "not_prepared":
        break;
    }
    // A failover has lost the prepare, or another attempt's prepare came late. The decision stands.
    const { value: prepareLimitMs } = cartDefaults.prepareLimitMs;
    const prepared = await stock.prepare({ ...line, units, retake: true, prepareLimitMs }, callOptions);
    if (prepared.outcome === "already_committed") return true;
    const second = prepared.outcome === "prepared" ? await stock.commitPrepared(line, callOptions) : prepared;
    if (second.outcome === "committed" || second.outcome === "already_committed") return true;
    await this.#setAside({ tenant, cart, product, units, reason: second.outcome }, fence);
    return false;
  }

  /** Whether the line is given back. If it is sold, the cart is set aside. */
  async #giveBack(tenant: string, cart: string, fence: number, line: CartLine): Promise<boolean> {
    const { outcome } = await this.#release({ tenant, cart, product: line.product, fence });
    if (outcome !== "sold") return true;
    await this.#setAside({ tenant, cart, ...line, reason: outcome }, fence);
    return false;
  }

  #release({ tenant, cart, product, fence }: FoundLine): Promise<StockReleasePreparedReply> {
    const { client, rememberMs, callOptions } = this.#parts;
    const line = { product, reservation: cart, fence, rememberMs };
    return client.scriptsOf(tenant, "stock").releasePrepared(line, callOptions);
  }

  async #finish(tenant: string, cart: string, fence: number, products: readonly string[]): Promise<void> {
    const { client, callOptions } = this.#parts;
    await client.scriptsOf(tenant, "cart").finish({ cart, fence, products }, callOptions);
    this.#counts.followed += products.length;
  }

  async #setAside(line: DeadLine, fence: number): Promise<void> {
    const { client, callOptions, onDeadLetter } = this.#parts;
    const { tenant, cart, product, reason } = line;
    const args = { cart, fence, lineProduct: product, reason };
    const { outcome } = await client.scriptsOf(tenant, "cart").setAside(args, callOptions);
    if (outcome !== "set_aside") return;
    this.#counts.deadLettered += 1;
    onDeadLetter(line);
  }
}
