import type { Tenant } from "../../generated/ts/index.js";
import type { CallOptions, CallTime } from "../client/index.js";
import type { CartLine } from "./lines.js";

/** The scripts that a cart uses. */
export type CartScripts = Pick<Tenant, "cart" | "stock">;

/** What one call of a cart's function uses. */
export interface CartCall {
  readonly scripts: CartScripts;
  readonly time: CallTime;
  /** The options of calls that must run although the deadline or the signal of the caller has ended. */
  readonly afterwards: CallOptions | undefined;
}

/** One attempt to commit a cart. */
export interface Attempt {
  readonly cart: string;
  readonly fence: number;
  readonly lines: readonly CartLine[];
  readonly rememberMs: number;
}

/**
 * Sells the lines of a committed cart, and reports them. It rejects with the first error, after all
 * lines were tried.
 */
export async function sellLines(
  { cart, stock }: CartScripts,
  attempt: Attempt,
  options: CallOptions | undefined,
): Promise<"finished" | "left_to_worker"> {
  const { cart: name, fence, rememberMs } = attempt;
  const sold = await followAll(attempt.lines, async ({ product }) => {
    const { outcome } = await stock.commitPrepared(
      { product, reservation: name, fence, rememberMs },
      options,
    );
    return outcome === "committed" || outcome === "already_committed";
  });
  const { outcome } = await cart.finish({ cart: name, fence, products: sold.products }, options);
  if (sold.error !== undefined) throw sold.error;
  return outcome === "finished" ? "finished" : "left_to_worker";
}

/**
 * Gives the lines of an aborted attempt back, and reports them. It rejects with the first error, after
 * all lines were tried.
 */
export async function giveLinesBack(
  { cart, stock }: CartScripts,
  attempt: Attempt,
  options: CallOptions | undefined,
): Promise<void> {
  const { cart: name, fence, rememberMs } = attempt;
  const givenBack = await followAll(attempt.lines, async ({ product }) => {
    const { outcome } = await stock.releasePrepared(
      { product, reservation: name, fence, rememberMs },
      options,
    );
    // A failover has lost the decision, and a worker sets the line aside.
    return outcome !== "sold";
  });
  await cart.finish({ cart: name, fence, products: givenBack.products }, options);
  if (givenBack.error !== undefined) throw givenBack.error;
}

/** The products that have followed, and the first error. */
async function followAll(
  lines: readonly CartLine[],
  follow: (line: CartLine) => Promise<boolean>,
): Promise<{ readonly products: readonly string[]; readonly error: unknown }> {
  const results = await Promise.allSettled(
    lines.map(async (line) => ((await follow(line)) ? line.product : undefined)),
  );
  const products = results.flatMap((result) =>
    result.status === "fulfilled" && result.value !== undefined ? [result.value] : [],
  );
  const failed = results.find((result) => result.status === "rejected");
  return { products, error: failed?.reason };
}
