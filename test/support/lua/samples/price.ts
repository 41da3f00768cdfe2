import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const baseAndSales =
  'HSET {price} base 1999 base_seq 1 sale:flash "1499 from 0 to 8000000000000000 seq 2" ' +
  'sale:old "ended at 5 seq 1" forgotten_seq 1 calendar "0 8000000000000000 1499 flash\n"';

const otherFields = {
  "price base": "the event concerns a sale",
  "price base_seq": "the event concerns a sale",
};

export const price = [
  sample(scripts.price.set, (tenant) => tenant.price.set, {
    args: (product) => ({ product, currency: "EUR", amountMinor: 999, sequence: 2 }),
    given: [baseAndSales],
    reply: { outcome: "applied" },
    again: { outcome: "repeated" },
    unread: {
      "price base": "it is written anew",
      "price forgotten_seq": "the event concerns the base price",
    },
  }),
  sample(scripts.price.setSale, (tenant) => tenant.price.setSale, {
    args: (product) => ({
      product,
      currency: "EUR",
      sale: "xmas",
      amountMinor: 999,
      startsAtMs: 5,
      endsAtMs: 8_000_000_000_000_000,
      sequence: 3,
    }),
    given: [baseAndSales],
    reply: { outcome: "applied" },
    again: { outcome: "repeated" },
    unread: otherFields,
  }),
  sample(scripts.price.removeSale, (tenant) => tenant.price.removeSale, {
    args: (product) => ({ product, currency: "EUR", sale: "flash", sequence: 3 }),
    given: [baseAndSales],
    reply: { outcome: "removed" },
    again: { outcome: "repeated" },
    unread: otherFields,
  }),
  sample(scripts.price.read, (tenant) => tenant.price.read, {
    args: (product) => ({ product, currency: "EUR" }),
    given: [baseAndSales],
    reply: { outcome: "priced", baseMinor: 1999, effectiveMinor: 1499, onSale: true, sale: "flash" },
    unread: {
      "price base_seq": "only the prices are asked for",
      "price forgotten_seq": "only the prices are asked for",
    },
  }),
];
