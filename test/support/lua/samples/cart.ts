import { scripts } from "../../../../src/index.js";
import { sample } from "../sample.js";

const operation = "op-1";
const fence = 7;
const attempt = (state: string) => `HSET {cart_record} state ${state} fence 7`;
const oneOpen = 'HSET {cart_record} lines 1 open 1 set_aside 0 remember_ms 3600000 line:lamp "2 open"';

export const cart = [
  sample(scripts.cart.begin, (tenant) => tenant.scripts.cart.begin, {
    args: (name) => ({
      cart: name,
      operation,
      lines: [
        { product: "lamp", units: 2 },
        { product: "rug", units: 1 },
      ],
      prepareLimitMs: 600_000,
      rememberMs: 60_000_000,
    }),
    given: [
      // From a server with a faster clock.
      "HSET {cart_record} state aborted fence 8000000000000000",
      'HSET {cart_record} deadline_ms {now-1} lines 1 open 0 set_aside 0 remember_ms 3600000 line:vase "2 finished"',
      "ZADD {slot_carts} {now+60000000} acme:other",
    ],
    reply: { outcome: "begun", fence: 8_000_000_000_000_001 },
    unread: {
      "cart_record lines": "the new attempt has lines of its own",
      "cart_record open": "the new attempt has lines of its own",
      "cart_record set_aside": "a line of an aborted cart is never set aside",
      "cart_record remember_ms": "the call has one of its own",
      "slot_carts acme:other": "Redis itself compares it",
    },
  }),
  sample(scripts.cart.abort, (tenant) => tenant.scripts.cart.abort, {
    args: (name) => ({ cart: name, fence }),
    given: [attempt("undecided")],
    reply: { outcome: "aborted" },
  }),
  sample(scripts.cart.decide, (tenant) => tenant.scripts.cart.decide, {
    args: (name) => ({ cart: name, fence }),
    given: [attempt("undecided")],
    reply: { outcome: "committed" },
  }),
  sample(scripts.cart.finish, (tenant) => tenant.scripts.cart.finish, {
    args: (name) => ({ cart: name, fence, products: ["lamp", "vase"] }),
    given: [attempt("committed"), oneOpen],
    reply: { outcome: "finished" },
    unread: { "cart_record lines": "the number of open lines is what counts" },
  }),
  sample(scripts.cart.read, (tenant) => tenant.scripts.cart.read, {
    args: (name) => ({ cart: name }),
    given: [attempt("committed"), 'HSET {cart_record} line:lamp "2 open"'],
    reply: { outcome: "committed", fence, lines: [{ product: "lamp", units: 2, state: "open" }] },
  }),
  sample(scripts.cart.settle, (tenant) => tenant.scripts.cart.settle, {
    args: (name) => ({ cart: name }),
    given: [attempt("undecided"), 'HSET {cart_record} deadline_ms {now-1} line:lamp "2 open"'],
    reply: { outcome: "aborted", fence, openLines: [{ product: "lamp", units: 2 }] },
  }),
  sample(scripts.cart.claim, (tenant) => tenant.scripts.cart.claim, {
    args: (name) => ({ cart: name, dueMs: 1_700_000_000_000, retryMs: 60_000_000 }),
    given: ["HSET {cart_record} open 1", "ZADD {slot_carts} 1700000000000 {member}"],
    reply: { outcome: "claimed" },
    again: { outcome: "changed" },
  }),
  sample(scripts.cart.setAside, (tenant) => tenant.scripts.cart.setAside, {
    args: (name) => ({ cart: name, operation, fence, lineProduct: "lamp", reason: "shortfall" }),
    given: [attempt("committed"), oneOpen],
    reply: { outcome: "set_aside" },
    unread: {
      "cart_record lines": "the number of open lines is what counts",
      "cart_record remember_ms": "the record has no end",
    },
  }),
  sample(scripts.cart.redrive, (tenant) => tenant.scripts.cart.redrive, {
    args: (name) => ({ cart: name, sinceMs: 1_700_000_000_000 }),
    given: [
      attempt("committed"),
      'HSET {cart_record} open 0 set_aside 1 line:vase "1 set_aside"',
      'HSET {slot_dead_carts} {member} "1700000000000 vase: shortfall"',
    ],
    reply: { outcome: "redriven" },
    again: { outcome: "unknown" },
    unread: {
      "cart_record fence": "redrive opens lines of any attempt",
      "cart_record set_aside": "the script counts the lines",
    },
  }),
  sample(scripts.cart.discard, (tenant) => tenant.scripts.cart.discard, {
    args: (name) => ({ cart: name, sinceMs: 1_700_000_000_000 }),
    given: [
      attempt("committed"),
      'HSET {cart_record} open 0 set_aside 1 line:vase "1 set_aside"',
      'HSET {slot_dead_carts} {member} "1700000000000 vase: shortfall"',
    ],
    reply: { outcome: "discarded" },
    again: { outcome: "unknown" },
    unread: {
      "cart_record fence": "discard closes lines of any attempt",
      "cart_record set_aside": "the script counts the lines",
    },
  }),
];
