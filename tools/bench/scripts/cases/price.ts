import { scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";
import { DAY_MS } from "./items.js";

const { price: p } = scripts;
const currency = "EUR";

/** The most sales of a product that have not ended. */
const MAX_SALES = 50;

/** A product with a base price, and with so many sales, of which all but the last begin in a year. */
async function priced({ acme, once }: CaseGround, sales: number) {
  const product = "lamp";
  await once("prices", async () => {
    await acme.price.set({ product, currency, amountMinor: 1_999, sequence: 1 });
    for (let sale = 1; sale <= sales; sale++) {
      const startsAtMs = Date.now() + (sale < sales ? 365 + sale : -1) * DAY_MS;
      const period = { startsAtMs, endsAtMs: startsAtMs + 3 * DAY_MS };
      const amountMinor = 1_499 - sale;
      await acme.price.setSale({
        product,
        currency,
        sale: `sale-${sale}`,
        amountMinor,
        ...period,
        sequence: sale,
      });
    }
  });
  return { product, currency };
}

/**
 * A product whose calendar has 99 lines, and whose sales are above the base price. As many other sales
 * have just ended.
 */
async function ignored({ acme, once }: CaseGround) {
  const product = "lamp";
  await once("prices", async () => {
    await acme.price.set({ product, currency, amountMinor: 999, sequence: 1 });
    for (let sale = 1; sale <= MAX_SALES; sale++) {
      const past = { sale: `past-${sale}`, amountMinor: 1_000, endsAtMs: 1, sequence: sale };
      await acme.price.setSale({ product, currency, ...past });
    }
    for (let sale = 1; sale <= MAX_SALES; sale++) {
      const startsAtMs = Date.now() + sale * DAY_MS;
      const period = sale < MAX_SALES ? { startsAtMs, endsAtMs: startsAtMs + DAY_MS / 2 } : {};
      const event = {
        sale: `sale-${sale}`,
        amountMinor: 1_000 + sale,
        ...period,
        sequence: MAX_SALES + sale,
      };
      await acme.price.setSale({ product, currency, ...event });
    }
  });
  return { product, currency };
}

const newBase = async (ground: CaseGround, call: number) => ({
  ...(await priced(ground, 1)),
  amountMinor: 2_000 + call,
  sequence: 2 + call,
});

const newSale = async (ground: CaseGround, call: number, sales: number) => ({
  ...(await priced(ground, sales)),
  sale: "sale-1",
  amountMinor: 1_000 + (call % 400),
  startsAtMs: Date.now() - 1_000,
  endsAtMs: Date.now() + DAY_MS,
  sequence: 100 + call,
});

/** An event that is older than the last one of the sale. */
const staleSale = async (ground: CaseGround, call: number) => {
  const sale = await newSale(ground, call, 1);
  await ground.once("a later event", () => ground.acme.price.setSale({ ...sale, sequence: 1_000_000 }));
  return sale;
};
const staleBase = async (ground: CaseGround, call: number) => {
  const base = await newBase(ground, call);
  await ground.once("a later event", () => ground.acme.price.set({ ...base, sequence: 1_000_000 }));
  return base;
};

const removal = async (ground: CaseGround, call: number, sales: number) => ({
  ...(await priced(ground, sales)),
  sale: "another",
  sequence: 100 + call,
});

export const price = [
  path(p.read, "no sale", (ground) => priced(ground, 0), { outcome: "priced" }),
  path(p.read, "on sale", (ground) => priced(ground, 1), { outcome: "priced" }),
  atLimit(p.read, "99 changes of sales above the base price", ignored, {
    outcome: "priced",
    fills: ["price"],
  }),
  path(p.set, "base price", newBase, { outcome: "applied" }),
  path(p.set, "stale", staleBase, { outcome: "stale" }),
  atLimit(
    p.set,
    "base price, 50 sales",
    async (ground, call) => ({ ...(await newBase(ground, call)), ...(await priced(ground, MAX_SALES)) }),
    { outcome: "applied" },
  ),
  path(p.setSale, "the only sale", (ground, call) => newSale(ground, call, 1), { outcome: "applied" }),
  path(p.setSale, "stale", staleSale, { outcome: "stale" }),
  atLimit(p.setSale, "one of 50 sales", (ground, call) => newSale(ground, call, MAX_SALES), {
    outcome: "applied",
  }),
  path(p.removeSale, "1 other sale", (ground, call) => removal(ground, call, 1), { outcome: "removed" }),
  atLimit(p.removeSale, "50 other sales", (ground, call) => removal(ground, call, MAX_SALES), {
    outcome: "removed",
  }),
];
