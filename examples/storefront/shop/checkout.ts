import { setTimeout as sleep } from "node:timers/promises";
import type { RequestRun } from "moonpath";
import type { OrderLine, Payment } from "../events.js";
import { otherPayload, ShopError } from "./http/errors.js";
import { LOW_UNITS, REMEMBER_MS, type Tenant } from "./terms.js";

/** An order to sell. Every attempt has the same name. */
export interface Checkout {
  readonly order: string;
  readonly lines: readonly OrderLine[];
  /** Absent: the order is paid at once. */
  readonly payment: Payment | undefined;
}

/** Whether all lines are sold, or which products have too few units. */
export type CheckoutEnd =
  | { readonly outcome: "sold" }
  | { readonly outcome: "refused"; readonly products: readonly string[] };

/** If a shop dies between the two steps, its units stay held for this time. */
const LEASE_MS = 10_000;
/** If a shop dies in the middle of a commit, a worker ends it after this time. */
const PREPARE_LIMIT_MS = 5_000;
/** The most carts of one order. The next one is needed if a dead attempt has released the last one. */
const MAX_CARTS = 5;
/** The most calls of `commit` for one cart, while another attempt is undecided. */
const MAX_COMMITS = 5;

/**
 * Reserves all lines of an order, waits for the payment, and commits them. Every step may run twice, so
 * the next attempt completes an interrupted order.
 *
 * `retake` sells an order that was paid after its lease, if its units are still available. An order of
 * which any line has too few units is refused as a whole, and holds nothing.
 */
export async function checkOut(
  acme: Tenant,
  { order, lines, payment }: Checkout,
  run: Pick<RequestRun, "signal" | "throwIfLost">,
): Promise<CheckoutEnd> {
  for (const cart of cartsOf(order)) {
    // An earlier attempt may have begun to commit the cart. Only a commit says how that ended.
    const { outcome: record } = await acme.cart.read({ cart });
    const missing = record === "unknown" ? await reserve(acme, { cart, lines, payment }, run) : [];
    if (missing.length > 0) return refused(missing);
    // A process that has lost the request may not sell, because the next one may refuse the order.
    run.throwIfLost();
    const sale = await commit(acme, cart, lines);
    if (sale.outcome !== "refused") return { outcome: "sold" };
    await acme.cart.release({ cart, lines, rememberMs: REMEMBER_MS });
    const short = sale.lines.filter(({ outcome }) => outcome === "shortfall" || outcome === "short");
    if (short.length > 0) return refused(short);
    // An earlier attempt has released a line, so this cart can never be sold. The next one can.
  }
  throw retryLater();
}

/** The names of an order's carts. No order has the dot. */
function cartsOf(order: string): string[] {
  return Array.from(
    { length: MAX_CARTS },
    (_, index) => `order·${order}${index === 0 ? "" : `·${index + 1}`}`,
  );
}

/** Holds all lines until they are paid, or returns those that cannot be held. */
async function reserve(
  acme: Tenant,
  { cart, lines, payment }: Pick<Checkout, "lines" | "payment"> & { readonly cart: string },
  { signal }: Pick<RequestRun, "signal">,
): Promise<readonly { readonly product: string }[]> {
  const leaseMs = payment?.leaseMs ?? LEASE_MS;
  const held = await acme.cart.reserve({ cart, lines, leaseMs, rememberMs: REMEMBER_MS });
  if (held.outcome === "reserved") {
    if (payment !== undefined) await sleep(payment.takesMs, undefined, { signal });
    return [];
  }
  const missing = held.lines.filter(({ outcome }) => outcome === "refused" || outcome === "unknown");
  if (missing.length > 0) return missing;
  if (held.lines.some(({ outcome }) => outcome === "again")) throw retryLater();
  if (held.lines.some(({ outcome }) => outcome === "mismatch")) throw otherPayload();
  // An earlier attempt has used the cart, and its lease has ended or its lines are released.
  return [];
}

async function commit(acme: Tenant, cart: string, lines: readonly OrderLine[]) {
  for (let call = 1; call <= MAX_COMMITS; call += 1) {
    const sale = await acme.cart.commit({
      cart,
      lines,
      ifExpired: "retake",
      prepareLimitMs: PREPARE_LIMIT_MS,
      rememberMs: REMEMBER_MS,
    });
    switch (sale.outcome) {
      case "committed":
      case "already_committed":
      case "refused":
        return sale;
      case "busy":
        await sleep(sale.waitMs);
        break;
      case "aborted":
    }
  }
  throw retryLater();
}

function refused(lines: readonly { readonly product: string }[]): CheckoutEnd {
  return { outcome: "refused", products: lines.map(({ product }) => product).sort() };
}

function retryLater(): ShopError {
  return new ShopError(503, "AGAIN", "the order could not be decided at the moment; send it again");
}

/** Whether one of an order's carts is sold. */
export async function isSold(acme: Tenant, order: string): Promise<boolean> {
  for (const cart of cartsOf(order)) {
    if ((await acme.cart.read({ cart })).outcome === "committed") return true;
  }
  return false;
}

/** Gives the units of a sold order back. A second call changes nothing. */
export async function takeBack(acme: Tenant, { order, lines }: Omit<Checkout, "payment">): Promise<void> {
  const sums = new Map<string, number>();
  for (const { product, units } of lines) sums.set(product, (sums.get(product) ?? 0) + units);
  for (const [product, change] of sums) {
    const operation = `taken-back/${order}`;
    const terms = { backorder: false, low: LOW_UNITS, rememberMs: REMEMBER_MS };
    await acme.stock.adjust({ product, operation, change, ...terms });
  }
}
