import * as fc from "fast-check";
import { scripts } from "../../../../src/index.js";
import { calls, lasting, rememberMs } from "../late/call.js";

const product = "lamp";
const warehouse = fc.constantFrom("berlin", "paris");
const among = fc.option(warehouse, { nil: undefined });
const units = fc.integer({ min: 1, max: 4 });
const ticks = fc.integer({ min: 0, max: 3 });
const reservation = fc.constantFrom(0, 0, 0, 1, 2);
const known = fc.constantFrom(1, 1, 1, 2, 3);
const rarely = fc.constantFrom(false, false, true);
const current = ["total", "available", "status", "statusBefore"];
/** At or below so many available units a product counts as low. */
const low = 3;
/** The fence of an attempt to commit a cart; few, so that attempts meet. */
const fence = fc.integer({ min: 1, max: 4 });

/** The stored end of a lease, before the call. */
const LEASE = /^:reservations: was .+ = held \d+ (\d+)(?: \d+)?$|^:reservation-ends: was .+ = (\d+)$/;
/** What is stored of a lease that was found over. */
const ENDED =
  /^:reservations: is .+ = ((?:expired|released) \d+ \d+|held \d+ 0)( \d+)?$|^:reservation-ends: is .+ = 0$|^:closed-reservations: is |^:stock: (was|is) held = /;

/** The change ends a lease that is over. Each call that needs the reservation may do that. */
function ends(change: string, nowMs: number): boolean {
  const [, stored, queued] = LEASE.exec(change) ?? [];
  const leaseEndsMs = stored ?? queued;
  return leaseEndsMs === undefined ? ENDED.test(change) : Number(leaseEndsMs) < nowMs;
}

export const stock = [
  calls(
    scripts.stock.setLevel,
    fc.record({
      warehouse,
      quantity: fc.integer({ min: 0, max: 12 }),
      sequence: fc.integer({ min: 0, max: 30 }),
      moved: fc.option(fc.integer({ min: -4, max: 4 }), { nil: undefined }),
    }),
    (drawn) => ({ product, low, ...drawn }),
    {
      current,
      over: ["repeated", "stale"],
      supersedes: (newer, reply, older) =>
        reply.outcome === "applied" && newer.warehouse === older.warehouse && newer.sequence > older.sequence,
    },
  ),
  calls(
    scripts.stock.adjust,
    fc.record({
      operation: fc.constantFrom(0, 0, 0, 1),
      change: fc.integer({ min: -6, max: 4 }),
      warehouse: among,
      backorder: rarely,
    }),
    ({ operation, ...drawn }, past) => ({
      product,
      operation: past.name("operation", operation),
      low,
      rememberMs,
      ...drawn,
    }),
    { over: ["mismatch"] },
  ),
  calls(
    scripts.stock.reserve,
    fc.record({
      reservation,
      units,
      ticks,
      replaces: fc.option(known, { nil: undefined }),
      backorder: rarely,
    }),
    ({ reservation: back, units: wanted, ticks: lease, replaces, backorder }, past) => ({
      product,
      reservation: past.name("cart", back),
      units: wanted,
      replaces: replaces === undefined ? undefined : past.name("cart", replaces),
      backorder,
      leaseMs: lasting(lease),
      rememberMs,
    }),
    {
      // An extension may have moved the end of the lease since.
      current: [...current, "leaseEndsMs"],
      over: ["already_committed", "released", "expired", "mismatch", "unknown"],
      answers: /^:reserve-operation:/,
      ends,
    },
  ),
  calls(
    scripts.stock.commit,
    fc.record({ reservation: known, warehouse: among, retake: fc.boolean(), backorder: rarely }),
    ({ reservation: back, ...drawn }, past) => ({
      product,
      reservation: past.name("cart", back),
      rememberMs,
      ...drawn,
    }),
    {
      current,
      over: ["already_committed", "released", "expired", "unknown"],
      answers: /^:commit-operation:/,
      ends,
    },
  ),
  calls(
    scripts.stock.release,
    fc.record({ reservation: known }),
    ({ reservation: back }, past) => ({ product, reservation: past.name("cart", back), rememberMs }),
    {
      current,
      // After "expired", the reservation is released.
      over: ["already_committed", "expired", "unknown", "released"],
      answers: /^:release-operation:/,
      ends,
    },
  ),
  calls(
    scripts.stock.resize,
    fc.record({ operation: fc.constantFrom(0, 0, 0, 1), reservation: known, units, backorder: rarely }),
    ({ operation, reservation: back, ...drawn }, past) => ({
      product,
      operation: past.name("resize", operation),
      reservation: past.name("cart", back),
      rememberMs,
      ...drawn,
    }),
    {
      current: ["status", "statusBefore"],
      over: ["already_committed", "released", "expired", "unknown", "mismatch"],
      answers: /^:resize-operation:/,
      ends,
    },
  ),
  calls(
    scripts.stock.extend,
    fc.record({ recent: fc.constantFrom(0, 0, 0, 1), ticks }),
    ({ recent, ticks: lease }, past) => {
      const held = past.having("leaseEndsMs", recent);
      return {
        product,
        reservation: held.text("reservation"),
        leaseEndsMs: held.number("leaseEndsMs"),
        leaseMs: lasting(lease),
      };
    },
    { over: ["stale", "already_committed", "released", "expired", "unknown"], ends },
  ),
  calls(
    scripts.stock.forget,
    fc.record({ limit: fc.integer({ min: 1, max: 2 }) }),
    ({ limit }) => ({ product, limit, rememberMs }),
    { current },
  ),
  calls(
    scripts.stock.dropWarehouse,
    fc.record({ warehouse, sequence: fc.integer({ min: 0, max: 30 }) }),
    (drawn) => ({ product, ...drawn }),
    {
      over: ["repeated", "stale"],
      supersedes: (newer, reply, older) =>
        reply.outcome === "dropped" && newer.warehouse === older.warehouse && newer.sequence > older.sequence,
    },
  ),
  calls(
    scripts.stock.watch,
    fc.record({
      sequence: fc.integer({ min: 0, max: 30 }),
      low: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
    }),
    (drawn) => ({ product, ...drawn }),
    {
      current,
      over: ["repeated", "stale"],
      supersedes: (newer, reply, older) => /watched$/.test(reply.outcome) && newer.sequence > older.sequence,
    },
  ),
  calls(scripts.stock.recount, fc.constant({}), () => ({ product }), {
    current,
    over: ["correct"],
    mayWork: "it computes the sums of that moment",
  }),
  calls(
    scripts.stock.sweep,
    fc.record({ limit: fc.integer({ min: 1, max: 3 }) }),
    ({ limit }) => ({ product, limit, rememberMs }),
    { mayWork: "it ends what is over at that moment, whoever asks" },
  ),
  calls(
    scripts.stock.prepare,
    fc.record({ reservation: known, units, fence, retake: fc.boolean(), ticks }),
    ({ reservation: back, ticks: limit, ...drawn }, past) => ({
      product,
      reservation: past.name("cart", back),
      prepareLimitMs: lasting(limit),
      rememberMs,
      ...drawn,
    }),
    {
      over: ["already_committed", "superseded", "unknown"],
      answers: /^:prepare-operation:/,
    },
  ),
  calls(
    scripts.stock.commitPrepared,
    fc.record({ reservation: known, fence }),
    ({ reservation: back, ...drawn }, past) => ({
      product,
      reservation: past.name("cart", back),
      rememberMs,
      ...drawn,
    }),
    {
      current,
      over: ["already_committed", "not_prepared", "unknown"],
      // The decision is final: a line that is prepared later, after a failover, is sold by any copy.
      asksAgain: (_, first) => first.outcome === "not_prepared" || first.outcome === "unknown",
    },
  ),
  calls(
    scripts.stock.releasePrepared,
    fc.record({ reservation: known, fence }),
    ({ reservation: back, ...drawn }, past) => ({
      product,
      reservation: past.name("cart", back),
      rememberMs,
      ...drawn,
    }),
    {
      current: ["leaseEndsMs"],
      over: ["already_committed", "superseded", "released", "expired", "unknown"],
      // The decision is final: any copy gives a line of this attempt back.
      asksAgain: (_, first) => first.outcome === "unknown",
    },
  ),
  calls(
    scripts.stock.claimPrepared,
    fc.record({ reservation: known }),
    ({ reservation: back }, past) => ({
      product,
      reservation: past.name("cart", back),
      // The time in the index is in no reply, so a call names it by chance at most.
      dueMs: past.nowMs,
      retryMs: lasting(1),
    }),
    { over: ["changed"] },
  ),
];
