import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const twoWarehouses = "HSET {stock} total 12 held 1 level:berlin 5 seq:berlin 9 level:paris 7 seq:paris 1";

export const stock = [
  sample(scripts.stock.apply, (tenant) => tenant.stock.apply, {
    args: (product) => ({ product, warehouse: "berlin", quantity: 6, sequence: 10, low: 2 }),
    given: [twoWarehouses],
    reply: { outcome: "applied", total: 13, status: "in_stock", available: 12 },
    again: { outcome: "repeated", total: 13, status: "in_stock", available: 12 },
    unread: {
      "stock level:paris": "the total says what the other warehouses have",
      "stock seq:paris": "each warehouse has its own events",
    },
  }),
  sample(scripts.stock.adjust, (tenant) => tenant.stock.adjust, {
    args: (product) => ({
      product,
      operation: "order-1",
      change: -8,
      backorder: false,
      low: 4,
      rememberMs: 60_000,
    }),
    given: [twoWarehouses],
    reply: { outcome: "adjusted", repeated: false, total: 4, status: "low_stock", available: 3 },
    again: { outcome: "adjusted", repeated: true, total: 4, status: "low_stock", available: 3 },
    unread: {
      "stock seq:berlin": "a sale is no event of a warehouse",
      "stock seq:paris": "a sale is no event of a warehouse",
    },
  }),
  sample(scripts.stock.read, (tenant) => tenant.stock.read, {
    args: (product) => ({ product, low: 2 }),
    given: [twoWarehouses],
    reply: {
      outcome: "known",
      total: 12,
      status: "in_stock",
      levels: [
        { warehouse: "berlin", quantity: 5 },
        { warehouse: "paris", quantity: 7 },
      ],
      available: 11,
    },
    unread: {
      "stock seq:berlin": "only the levels are asked for",
      "stock seq:paris": "only the levels are asked for",
    },
  }),
];
