import { expect } from "vitest";
import { keys } from "../../../src/index.js";
import { freshName } from "../../support/lua/property.js";
import { freshTenant } from "../../support/lua/tenants.js";

export const hour = 3_600_000;
/** The horizon of late calls, and a minute for the clock of another server. */
export const horizonMs = 660_000;

export const twoLines = [
  { product: "lamp", units: 2 },
  { product: "vase", units: 1 },
];

/** A tenant with carts, for the tests of one file. */
export function freshCarts() {
  const { redis, scope, tenant } = freshTenant();
  const scripts = tenant.scripts.cart;

  /** The keys of a cart, and its name in the indexes of its slot. */
  const keysOf = (cart: string) => ({
    record: keys.cartRecord(scope, cart),
    due: keys.slotCarts(scope, cart),
    dead: keys.slotDeadCarts(scope, cart),
    member: `${scope.tenant}:${cart}`,
  });

  /** Begins an attempt for a new cart, or for this one. */
  async function begun(lines = twoLines, cart = freshName(), rememberMs = hour) {
    const reply = await scripts.begin({ cart, lines, prepareLimitMs: 60_000, rememberMs });
    if (reply.outcome !== "begun") throw new Error(`begin answered ${reply.outcome}`);
    const { fence } = reply;
    return { cart, fence, ...keysOf(cart) };
  }

  /** The time of an attempt is over. */
  const end = (cart: string) => redis.hset(keysOf(cart).record, { deadline_ms: "1" });

  /** A committed cart with these lines. */
  async function committed(lines = twoLines) {
    const attempt = await begun(lines);
    expect(await scripts.decide(attempt)).toEqual({ outcome: "committed" });
    return attempt;
  }

  return { redis, scope, scripts, keysOf, begun, end, committed };
}
