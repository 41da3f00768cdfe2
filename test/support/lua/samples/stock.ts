import { expect } from "vitest";
import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const twoWarehouses =
  'HSET {stock} total 12 held 3 level:berlin 5 event:berlin "9 5" level:paris 7 event:paris "1 7" watch "4 2"';
const held = [
  twoWarehouses,
  'HSET {reservations} cart-1 "held 3 {now+60000000}"',
  "ZADD {reservation_ends} {now+60000000} cart-1",
];
/** A line of a cart that is being committed. Another cart holds two units. */
const preparedLine = [
  'HSET {stock} total 12 held 5 prepared 3 level:berlin 5 event:berlin "9 5" level:paris 7 event:paris "1 7"',
  'HSET {reservations} cart-1 "prepared 3 {now+60000000} 7"',
];
const over = [
  twoWarehouses,
  'HSET {reservations} cart-1 "held 3 {now-60000000}" cart-2 "committed 1 {now-70000000}"',
  "ZADD {reservation_ends} {now-60000000} cart-1",
  "ZADD {closed_reservations} {now-70000000} cart-2",
];

const heldBefore = held.map((line) => line.replace("cart-1", "cart-0"));

const totalAlone = {
  "stock level:berlin": "the total is what counts",
  "stock level:paris": "the total is what counts",
};
const inText = { "reservation_ends cart-1": "the reservation's text says when it ends" };
const comparedByRedis = "Redis itself compares it with the clock";

export const stock = [
  sample(scripts.stock.setLevel, (tenant) => tenant.stock.setLevel, {
    args: (product) => ({ product, warehouse: "rome", quantity: 6, sequence: 10, low: 2 }),
    given: [twoWarehouses, "HSET {past_sequences} rome 9"],
    reply: {
      outcome: "applied",
      total: 18,
      statusBefore: "in_stock",
      status: "in_stock",
      available: 15,
    },
    again: {
      outcome: "repeated",
      total: 18,
      statusBefore: "in_stock",
      status: "in_stock",
      available: 15,
    },
    unread: totalAlone,
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
    reply: {
      outcome: "adjusted",
      repeated: false,
      total: 4,
      statusBefore: "in_stock",
      status: "low_stock",
      available: 1,
    },
    again: {
      outcome: "adjusted",
      repeated: true,
      total: 4,
      statusBefore: "in_stock",
      status: "low_stock",
      available: 1,
    },
  }),
  sample(scripts.stock.read, (tenant) => tenant.stock.read, {
    args: (product) => ({ product, low: 2 }),
    given: [twoWarehouses],
    reply: {
      outcome: "known",
      total: 12,
      status: "in_stock",
      available: 9,
    },
    unread: totalAlone,
  }),
  sample(scripts.stock.levels, (tenant) => tenant.stock.levels, {
    args: (product) => ({ product }),
    given: [twoWarehouses],
    reply: {
      outcome: "known",
      total: 12,
      available: 9,
      levels: [
        { warehouse: "berlin", quantity: 5, moved: 0 },
        { warehouse: "paris", quantity: 7, moved: 0 },
      ],
    },
  }),
  sample(scripts.stock.reserve, (tenant) => tenant.stock.reserve, {
    args: (product) => ({
      product,
      operation: "op-1",
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
      "closed_reservations cart-2": comparedByRedis,
    },
  }),
  sample(scripts.stock.reserve, (tenant) => tenant.stock.reserve, {
    args: (product) => ({
      product,
      operation: "op-1",
      reservation: "cart-3",
      units: 14,
      replaces: "cart-0",
      backorder: true,
      leaseMs: 60_000_000,
      rememberMs: 60_000_000,
    }),
    given: heldBefore,
    reply: { outcome: "reserved", available: -2, leaseEndsMs: expect.any(Number) },
    unread: { ...totalAlone, "reservation_ends cart-0": "the reservation's text says when it ends" },
  }),
  sample(scripts.stock.resize, (tenant) => tenant.stock.resize, {
    args: (product) => ({
      product,
      operation: "op-1",
      reservation: "cart-1",
      units: 5,
      rememberMs: 60_000_000,
    }),
    given: over,
    reply: { outcome: "expired" },
    unread: {
      ...totalAlone,
      ...inText,
      "closed_reservations cart-2": "it is another reservation",
    },
  }),
  sample(scripts.stock.commit, (tenant) => tenant.stock.commit, {
    args: (product) => ({ product, operation: "op-1", reservation: "cart-1", rememberMs: 60_000_000 }),
    given: [...held, "HSET {stock} prepared 2"],
    reply: { outcome: "committed", total: 9, available: 9 },
    again: { outcome: "already_committed" },
    unread: inText,
  }),
  sample(scripts.stock.commit, (tenant) => tenant.stock.commit, {
    args: (product) => ({
      product,
      operation: "op-1",
      reservation: "cart-1",
      retake: true,
      rememberMs: 60_000_000,
    }),
    given: over,
    reply: { outcome: "committed", total: 9, available: 9 },
    again: { outcome: "already_committed" },
    unread: {
      ...inText,
      "closed_reservations cart-2": "it is another reservation",
    },
  }),
  sample(scripts.stock.release, (tenant) => tenant.stock.release, {
    args: (product) => ({ product, operation: "op-1", reservation: "cart-1", rememberMs: 60_000_000 }),
    given: held,
    reply: { outcome: "released", available: 12 },
    unread: { ...totalAlone, ...inText },
  }),
  sample(scripts.stock.sweep, (tenant) => tenant.stock.sweep, {
    args: (product) => ({ product, limit: 10, rememberMs: 60_000_000 }),
    given: over,
    reply: { outcome: "swept", expired: 1, forgotten: 1, waitMs: expect.any(Number) },
    again: { outcome: "nothing_due", expired: 0, forgotten: 0, waitMs: expect.any(Number) },
    unread: {
      ...totalAlone,
      "reservation_ends cart-1": comparedByRedis,
      "closed_reservations cart-2": comparedByRedis,
    },
  }),
  sample(scripts.stock.extend, (tenant) => tenant.stock.extend, {
    args: (product) => ({
      product,
      reservation: "cart-1",
      leaseEndsMs: 9_999_999_990_000,
      leaseMs: 60_000,
    }),
    given: [
      'HSET {reservations} cart-1 "held 3 9999999990000"',
      "ZADD {reservation_ends} 9999999990000 cart-1",
    ],
    reply: { outcome: "extended", leaseEndsMs: 9_999_999_990_001 },
    again: { outcome: "stale", leaseEndsMs: 9_999_999_990_001 },
    unread: inText,
  }),
  sample(scripts.stock.forget, (tenant) => tenant.stock.forget, {
    args: (product) => ({ product, operation: "op-1", limit: 10, rememberMs: 60_000_000 }),
    given: [...held, "HSET {stock} prepared 0"],
    reply: { outcome: "forgotten", released: 1 },
    unread: {
      ...totalAlone,
      "stock total": "all counts are removed",
      "stock held": "all counts are removed",
      "reservation_ends cart-1": "the order is enough",
    },
  }),
  sample(scripts.stock.watch, (tenant) => tenant.stock.watch, {
    args: (product) => ({ product, sequence: 5, low: 3 }),
    given: [twoWarehouses],
    reply: { outcome: "watched", status: "in_stock", available: 9 },
    again: { outcome: "repeated", status: "in_stock", available: 9 },
    unread: totalAlone,
  }),
  sample(scripts.stock.watch, (tenant) => tenant.stock.watch, {
    args: (product) => ({ product, sequence: 5 }),
    given: ["HSET {stock} total 12 held 3 level:berlin 12", 'HSET {past_sequences} "\twatch" 4'],
    reply: { outcome: "unwatched" },
    again: { outcome: "repeated" },
    unread: { "stock level:berlin": "the total is what counts" },
  }),
  sample(scripts.stock.dropWarehouse, (tenant) => tenant.stock.dropWarehouse, {
    args: (product) => ({ product, warehouse: "paris", sequence: 2 }),
    given: [
      'HSET {stock} total 5 held 3 prepared 2 level:berlin 5 event:berlin "9 5" level:paris 0 event:paris "1 0"',
    ],
    reply: { outcome: "dropped" },
    again: { outcome: "repeated" },
    unread: { "stock level:berlin": "the other warehouses stay" },
  }),
  sample(scripts.stock.recount, (tenant) => tenant.stock.recount, {
    args: (product) => ({ product }),
    given: [...held, "HSET {stock} total 11 held 2 prepared 1"],
    reply: { outcome: "recounted", total: 12, available: 9 },
    again: { outcome: "correct", total: 12, available: 9 },
    unread: {
      "stock total": "it is counted again",
      "stock held": "it is counted again",
      "stock prepared": "it is counted again",
      "reservation_ends cart-1": "the order is enough",
    },
  }),
  sample(scripts.stock.prepare, (tenant) => tenant.scripts.stock.prepare, {
    args: (product) => ({
      product,
      operation: "op-1",
      reservation: "cart-1",
      units: 3,
      fence: 7,
      retake: false,
      prepareLimitMs: 600_000,
      rememberMs: 60_000_000,
    }),
    given: [...held, "HSET {stock} prepared 0"],
    reply: { outcome: "prepared" },
    unread: { ...totalAlone, ...inText },
  }),
  sample(scripts.stock.commitPrepared, (tenant) => tenant.scripts.stock.commitPrepared, {
    args: (product) => ({ product, reservation: "cart-1", fence: 7, rememberMs: 60_000_000 }),
    given: preparedLine,
    reply: { outcome: "committed", total: 9, available: 7 },
    again: { outcome: "already_committed" },
  }),
  sample(scripts.stock.releasePrepared, (tenant) => tenant.scripts.stock.releasePrepared, {
    args: (product) => ({ product, reservation: "cart-1", fence: 7, rememberMs: 60_000_000 }),
    given: preparedLine,
    reply: { outcome: "held", leaseEndsMs: expect.any(Number) },
    unread: totalAlone,
  }),
  sample(scripts.stock.claimPrepared, (tenant) => tenant.scripts.stock.claimPrepared, {
    args: (product) => ({ product, reservation: "cart-1", dueMs: 1_700_000_000_000, retryMs: 60_000_000 }),
    given: [...preparedLine.slice(1), 'ZADD {slot_prepared} 1700000000000 "{member}\tcart-1"'],
    reply: { outcome: "prepared", fence: 7 },
    again: { outcome: "changed" },
  }),
];
