import { expect } from "vitest";
import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const twoWarehouses = "HSET {stock} total 12 held 3 level:berlin 5 seq:berlin 9 level:paris 7 seq:paris 1";
const held = [
  twoWarehouses,
  'HSET {reservations} cart-1 "held 3"',
  "ZADD {reservation_ends} {now+60000000} cart-1",
];
const over = [
  twoWarehouses,
  'HSET {reservations} cart-1 "held 3" cart-2 "committed 1"',
  "ZADD {reservation_ends} {now-60000000} cart-1 {now-70000000} cart-2",
];

const noEvents = {
  "stock seq:berlin": "it is no event of a warehouse",
  "stock seq:paris": "it is no event of a warehouse",
};
const totalAlone = {
  ...noEvents,
  "stock level:berlin": "the total is what counts",
  "stock level:paris": "the total is what counts",
};
const comparedByRedis = "Redis itself compares it with the clock";

export const stock = [
  sample(scripts.stock.setLevel, (tenant) => tenant.stock.setLevel, {
    args: (product) => ({ product, warehouse: "berlin", quantity: 6, sequence: 10, low: 2 }),
    given: [twoWarehouses],
    reply: { outcome: "applied", total: 13, status: "in_stock", available: 10 },
    again: { outcome: "repeated", total: 13, status: "in_stock", available: 10 },
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
      low: 1,
      rememberMs: 60_000,
    }),
    given: [twoWarehouses],
    reply: { outcome: "adjusted", repeated: false, total: 4, status: "low_stock", available: 1 },
    again: { outcome: "adjusted", repeated: true, total: 4, status: "low_stock", available: 1 },
    unread: noEvents,
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
      available: 9,
    },
    unread: noEvents,
  }),
  sample(scripts.stock.reserve, (tenant) => tenant.stock.reserve, {
    args: (product) => ({
      product,
      reservation: "cart-3",
      units: 4,
      leaseMs: 60_000_000,
      rememberMs: 60_000_000,
    }),
    given: over,
    reply: { outcome: "reserved", available: 8, leaseEndsMs: expect.any(Number) },
    unread: {
      ...totalAlone,
      "reservation_ends cart-1": comparedByRedis,
      "reservation_ends cart-2": comparedByRedis,
    },
  }),
  sample(scripts.stock.commit, (tenant) => tenant.stock.commit, {
    args: (product) => ({ product, reservation: "cart-1", rememberMs: 60_000_000 }),
    given: held,
    reply: { outcome: "committed", total: 9, available: 9 },
    again: { outcome: "already_committed" },
    unread: noEvents,
  }),
  sample(scripts.stock.release, (tenant) => tenant.stock.release, {
    args: (product) => ({ product, reservation: "cart-1", rememberMs: 60_000_000 }),
    given: held,
    reply: { outcome: "released", available: 12 },
    unread: totalAlone,
  }),
  sample(scripts.stock.sweep, (tenant) => tenant.stock.sweep, {
    args: (product) => ({ product, limit: 10, rememberMs: 60_000_000 }),
    given: over,
    reply: { outcome: "swept", expired: 1, forgotten: 1, waitMs: expect.any(Number) },
    again: { outcome: "nothing_due", expired: 0, forgotten: 0, waitMs: expect.any(Number) },
    unread: {
      ...totalAlone,
      "reservation_ends cart-1": comparedByRedis,
      "reservation_ends cart-2": comparedByRedis,
    },
  }),
];
