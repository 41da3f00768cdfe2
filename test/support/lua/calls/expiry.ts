import * as fc from "fast-check";
import { scripts } from "../../../../src/index.js";
import { calls, lasting, rememberMs, tickMs } from "../late/call.js";

const queue = "offers";
const queueShard = "0";
const item = fc.constantFrom("offer-1", "offer-2");
const items = fc.uniqueArray(item, { minLength: 1, maxLength: 2 });
const ticks = fc.integer({ min: 0, max: 3 });
const due = fc.integer({ min: -2, max: 3 });
const recent = fc.constantFrom(0, 0, 0, 1);
/** A late copy of dead_letter names no items in `again`, because its claim no longer holds them. */
const saysDead = <Reply extends { readonly outcome: string }>(first: Reply, again: Reply) =>
  again.outcome === "lost" || again.outcome === first.outcome;

export const expiry = [
  // Without a number it only reads.
  calls(scripts.expiry.open, fc.record({ shards: fc.constantFrom(1, 16) }), ({ shards }) => ({
    queue,
    shards,
  })),
  calls(
    scripts.expiry.track,
    fc.record({ item, due, debounced: fc.option(ticks, { nil: undefined }) }),
    ({ item: name, due: at, debounced }, past) => ({
      queue,
      queueShard,
      item: name,
      ...(debounced === undefined
        ? { dueMs: past.nowMs + at * tickMs }
        : { debounceMs: lasting(debounced), maxWaitMs: lasting(2 * debounced) }),
    }),
  ),
  calls(scripts.expiry.extend, fc.record({ item, due }), ({ item: name, due: at }, past) => ({
    queue,
    queueShard,
    item: name,
    dueMs: past.nowMs + at * tickMs,
  })),
  calls(scripts.expiry.cancel, fc.record({ item }), ({ item: name }) => ({ queue, queueShard, item: name })),
  calls(
    scripts.expiry.claim,
    fc.record({ claim: fc.constantFrom(0, 0, 0, 1), limit: fc.integer({ min: 1, max: 2 }), ticks }),
    ({ claim, limit, ticks: lease }, past) => ({
      queue,
      queueShard,
      claim: past.freshName("claim", claim, rememberMs),
      limit,
      leaseMs: lasting(lease),
    }),
    {
      // A claim answers with the items that it still holds.
      saysTheSame: (first, again) =>
        again.outcome === "ended" ||
        (again.outcome === "idle" && first.outcome === "idle") ||
        (first.outcome === "claimed" &&
          again.outcome === "claimed" &&
          again.items.every(({ item: name }) => first.items.some((one) => one.item === name))),
    },
  ),
  calls(
    scripts.expiry.ack,
    fc.record({ recent, items }),
    ({ recent: back, items: names }, past) => ({
      queue,
      queueShard,
      claim: past.having("leaseEndsMs", back).text("claim"),
      items: names,
    }),
    { over: ["lost"] },
  ),
  calls(
    scripts.expiry.retry,
    fc.record({ recent, items, ticks, untried: fc.boolean() }),
    ({ recent: back, items: names, ticks: delay, untried }, past) => ({
      queue,
      queueShard,
      claim: past.having("leaseEndsMs", back).text("claim"),
      items: names,
      delayMs: lasting(delay),
      untried,
    }),
    { over: ["lost"] },
  ),
  calls(
    scripts.expiry.deadLetter,
    fc.record({ recent, items }),
    ({ recent: back, items: names }, past) => ({
      queue,
      queueShard,
      claim: past.having("leaseEndsMs", back).text("claim"),
      items: names,
      reason: "no such offer",
    }),
    { saysTheSame: saysDead },
  ),
  calls(
    scripts.expiry.renew,
    fc.record({ recent, ticks }),
    ({ recent: back, ticks: lease }, past) => {
      const held = past.having("leaseEndsMs", back);
      const leaseEndsMs = held.has("leaseEndsMs") ? held.number("leaseEndsMs") : 0;
      return { queue, queueShard, claim: held.text("claim"), leaseEndsMs, leaseMs: lasting(lease) };
    },
    { over: ["stale", "lost"] },
  ),
  calls(scripts.expiry.redrive, fc.record({ items }), ({ items: names }) => ({
    queue,
    queueShard,
    items: names,
  })),
  calls(scripts.expiry.discard, fc.record({ items }), ({ items: names }) => ({
    queue,
    queueShard,
    items: names,
  })),
  calls(
    scripts.expiry.discardOld,
    fc.record({ ticks, limit: fc.integer({ min: 1, max: 2 }) }),
    ({ ticks: age, limit }) => ({ queue, queueShard, maxAgeMs: lasting(age), limit }),
  ),
];
