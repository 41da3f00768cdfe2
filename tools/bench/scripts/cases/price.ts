import { scripts } from "../../../../src/index.js";
import { atLimit, type CaseGround, path } from "../case.js";
import { DAY_MS } from "./items.js";

const { price: p } = scripts;
const currency = "EUR";

/** A product with a base price, and with a sale that is on. */
async function priced({ acme, once }: CaseGround, sale: boolean) {
  const product = "lamp";
  await once("prices", async () => {
    await acme.price.set({ product, currency, kind: "base", amountMinor: 1_999, sequence: 1 });
    if (sale) {
      const endsAtMs = Date.now() + DAY_MS;
      await acme.price.set({ product, currency, kind: "sale", amountMinor: 1_499, endsAtMs, sequence: 1 });
    }
  });
  return { product, currency };
}

const newBase = async (ground: CaseGround, call: number) => ({
  ...(await priced(ground, true)),
  kind: "base" as const,
  amountMinor: 2_000 + call,
  sequence: 2 + call,
});

const newSale = async (ground: CaseGround, call: number) => ({
  ...(await priced(ground, true)),
  kind: "sale" as const,
  amountMinor: 1_000 + (call % 400),
  startsAtMs: Date.now() - 1_000,
  endsAtMs: Date.now() + DAY_MS,
  sequence: 2 + call,
});

export const price = [
  path(p.read, "no sale", (ground) => priced(ground, false), { outcome: "priced" }),
  path(p.read, "on sale", (ground) => priced(ground, true), { outcome: "priced" }),
  atLimit(p.read, "on sale", (ground) => priced(ground, true), { outcome: "priced" }),
  path(p.set, "base price", newBase, { outcome: "applied" }),
  path(p.set, "sale", newSale, { outcome: "applied" }),
  atLimit(p.set, "sale", newSale, { outcome: "applied" }),
];
