import * as fc from "fast-check";
import { scripts } from "../../../../src/index.js";
import { calls, lasting, rememberMs } from "../late/call.js";

const name = "order-1";
const recent = fc.constantFrom(0, 0, 0, 1, 2);
const product = fc.constantFrom("lamp", "vase", "rug");
const units = fc.integer({ min: 1, max: 2 });
/** How the caller of a decision may learn that there is no record any more. */
const forgotten = (first: { readonly outcome: string }, again: { readonly outcome: string }) =>
  first.outcome === again.outcome || first.outcome === "unknown" || again.outcome === "unknown";
/** The time of an entry of an index is in no reply, so a call names it by chance at most. */
const byChance = fc.constantFrom(0, 0, 1);

export const cart = [
  calls(
    scripts.cart.begin,
    fc.record({
      lines: fc.uniqueArray(fc.record({ product, units }), {
        selector: (line) => line.product,
        minLength: 1,
        maxLength: 3,
      }),
      ticks: fc.integer({ min: 0, max: 3 }),
    }),
    ({ lines, ticks }) => ({ cart: name, lines, prepareLimitMs: lasting(ticks), rememberMs }),
    { over: ["aborted", "already_committed"], answers: /^:cart-operation:/ },
  ),
  calls(
    scripts.cart.abort,
    fc.record({ recent }),
    (drawn, past) => ({ cart: name, fence: past.having("fence", drawn.recent).number("fence") }),
    { saysTheSame: forgotten },
  ),
  calls(
    scripts.cart.decide,
    fc.record({ recent }),
    (drawn, past) => ({ cart: name, fence: past.having("fence", drawn.recent).number("fence") }),
    { saysTheSame: forgotten },
  ),
  calls(
    scripts.cart.finish,
    fc.record({ recent, products: fc.uniqueArray(product, { minLength: 1, maxLength: 3 }) }),
    ({ recent: back, products }, past) => ({
      cart: name,
      fence: past.having("fence", back).number("fence"),
      products,
    }),
    {
      // `finished` and `open` say how many lines are open now, whichever call has finished them.
      over: ["finished", "open", "superseded", "unknown"],
      // The call says that its lines have followed the decision. Before the decision, that is not true.
      asksAgain: (_, first) => first.outcome === "undecided",
    },
  ),
  calls(
    scripts.cart.claim,
    fc.record({ byChance }),
    (drawn, past) => ({ cart: name, dueMs: past.nowMs - drawn.byChance, retryMs: lasting(1) }),
    { over: ["changed"] },
  ),
  calls(scripts.cart.settle, fc.constant({}), () => ({ cart: name }), {
    mayWork: "it aborts an attempt whose time is over at that moment, whoever asks",
  }),
  calls(
    scripts.cart.setAside,
    fc.record({ recent, product }),
    ({ recent: back, product: lineProduct }, past) => ({
      cart: name,
      fence: past.having("fence", back).number("fence"),
      lineProduct,
      reason: "shortfall",
    }),
    { answers: /^:cart-operation:/ },
  ),
  calls(
    scripts.cart.redrive,
    fc.record({ byChance }),
    (drawn, past) => ({ cart: name, sinceMs: past.nowMs - drawn.byChance }),
    { over: ["unknown"] },
  ),
  calls(
    scripts.cart.discard,
    fc.record({ byChance }),
    (drawn, past) => ({ cart: name, sinceMs: past.nowMs - drawn.byChance }),
    { over: ["unknown"] },
  ),
];
