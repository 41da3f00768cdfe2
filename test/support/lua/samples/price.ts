import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const baseAndSale =
  "HSET {price} base 1999 base_seq 1 sale 1499 sale_seq 1 sale_starts 0 sale_ends {now+60000000}";

export const price = [
  sample(scripts.price.set, (tenant) => tenant.price.set, {
    args: (product) => ({
      product,
      currency: "EUR",
      kind: "sale" as const,
      amountMinor: 999,
      startsAtMs: 5,
      endsAtMs: 6,
      sequence: 2,
    }),
    given: [baseAndSale],
    reply: { outcome: "applied" },
    again: { outcome: "repeated" },
    unread: {
      "price base": "the other kind",
      "price base_seq": "the other kind",
      "price sale": "it is written anew",
      "price sale_starts": "it is written anew",
      "price sale_ends": "it is written anew",
    },
  }),
  sample(scripts.price.read, (tenant) => tenant.price.read, {
    args: (product) => ({ product, currency: "EUR" }),
    given: [baseAndSale],
    reply: { outcome: "priced", baseMinor: 1999, saleMinor: 1499, effectiveMinor: 1499, onSale: true },
    unread: {
      "price base_seq": "only the prices are asked for",
      "price sale_seq": "only the prices are asked for",
    },
  }),
];
