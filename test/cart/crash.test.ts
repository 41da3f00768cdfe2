import { afterAll, beforeAll, expect, test } from "vitest";
import type { CartScripts } from "../../src/cart/decision.js";
import { type CartWorker, createCart, createCartWorker } from "../../src/cart/index.js";
import { type Moonpath, OutcomeUnknownError, type Tenant } from "../../src/index.js";
import { LEASE_MS, shopOnCluster, stockOf, stockUp } from "../support/cart/shop.js";
import { eventually } from "../support/wait.js";

let moonpath: Moonpath;
let acme: Tenant;
let worker: CartWorker;
beforeAll(async () => {
  ({ moonpath, acme } = await shopOnCluster());
  worker = createCartWorker(moonpath, { retryMs: 500 });
  worker.start();
});
afterAll(() => worker.stop());

/** What happens at one call of a client. */
type Crash = "before" | "after" | "reply lost";

type AnyCall = (args: object) => Promise<unknown>;

/**
 * Scripts whose client crashes at its n-th call. `before` the call was sent or `after` it ran, the
 * client stops. With `reply lost` it goes on after an error.
 */
function crashing(scripts: CartScripts, at: number, crash: Crash) {
  let calls = 0;
  let hasCrashed = false;
  const dead = new Promise<never>(() => undefined);
  const sent: (() => Promise<unknown>)[] = [];
  const wrapped = (call: AnyCall) => async (args: object) => {
    if (hasCrashed) return dead;
    const number = ++calls;
    if (number === at && crash === "before") {
      hasCrashed = true;
      return dead;
    }
    const copy = { operation: `crash-${Math.random()}`, ...args };
    sent.push(() => call(copy));
    if (number === at && crash === "after") hasCrashed = true;
    const reply = await call(copy);
    if (hasCrashed) return dead;
    if (number === at) throw new OutcomeUnknownError("the reply was lost");
    return reply;
  };
  const domain = <Domain extends object>(functions: Domain): Domain =>
    new Proxy(functions, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? wrapped(value.bind(target)) : value;
      },
    });
  return {
    scripts: { cart: domain(scripts.cart), stock: domain(scripts.stock) },
    calls: () => calls,
    /** Sends each call once more. */
    async sendAgain() {
      for (const send of sent) await send();
    },
  };
}

/** One call of begin, two of prepare, one of decide, two of commit_prepared, and one of finish. */
const CALLS = 7;
const crashes = (["before", "after", "reply lost"] as const).flatMap((crash) =>
  Array.from({ length: CALLS }, (_, index) => ({ crash, at: index + 1 })),
);

test.concurrent.each(crashes)(
  "a client that crashes at call $at ($crash) sells all lines or none",
  async ({ at, crash }) => {
    const name = `${crash.replace(" ", "-")}-${at}`;
    const [lamp, vase] = [`lamp-${name}`, `vase-${name}`];
    const lines = [
      { product: lamp, units: 2 },
      { product: vase, units: 1 },
    ];
    await stockUp(acme, { [lamp]: 5, [vase]: 5 });
    await acme.cart.reserve({ cart: name, lines, leaseMs: LEASE_MS });
    const client = crashing(acme.scripts, at, crash);
    const commit = createCart({ scripts: client.scripts, deadlineMs: 10_000 })
      .commit({ cart: name, lines, prepareLimitMs: 1_000 })
      .catch((error: unknown) => error);
    const isDecided = async () => {
      const record = await acme.cart.read({ cart: name });
      if (record.outcome === "unknown") return "none";
      expect(record.outcome).not.toBe("undecided");
      for (const { state } of record.lines) expect(state).toBe("finished");
      return record.outcome;
    };
    let decision = "none";
    await eventually("the cart is decided and its lines have followed", async () => {
      if (at > 1 || crash !== "before") expect(client.calls()).toBeGreaterThan(0);
      decision = await isDecided();
      if (decision === "none") expect(crash === "before" && at === 1).toBe(true);
    });
    const expected =
      decision === "committed" ? [`${lamp} 3 3`, `${vase} 4 4`] : [`${lamp} 5 3`, `${vase} 5 4`];
    expect(await stockOf(acme, lamp, vase)).toEqual(expected);
    if (crash === "reply lost") {
      const reply = await commit;
      if (decision === "aborted") expect(reply).toBeInstanceOf(Error);
    }
    // Late copies of all calls change nothing.
    await client.sendAgain();
    expect(await stockOf(acme, lamp, vase)).toEqual(expected);
    expect(await isDecided()).toBe(decision);

    // The customer's payment is still good: another commit sells the cart, and never twice.
    const again = await acme.cart.commit({ cart: name, lines });
    expect(again.outcome).toBe(decision === "committed" ? "already_committed" : "committed");
    if ("followed" in again) expect(await again.followed).toBe("finished");
    expect(await stockOf(acme, lamp, vase)).toEqual([`${lamp} 3 3`, `${vase} 4 4`]);
  },
);
