import * as fc from "fast-check";

const cart = fc.constantFrom("p", "p", "q");
const product = fc.constantFrom("lamp", "vase");
const units = fc.integer({ min: 1, max: 3 });
const ticks = fc.integer({ min: 0, max: 3 });
/** 0 is the latest attempt of the cart, 1 the one before it. */
const back = fc.constantFrom(0, 0, 0, 0, 1, 2);
/** Mostly the units that the cart holds or has paid for. */
const odd = fc.constantFrom(false, false, false, false, false, true);

function weighted<Value>(weight: number, arbitrary: fc.Arbitrary<Value>) {
  return { weight, arbitrary };
}

/** A random command on two carts and the stock of two products. */
export const command = fc.oneof(
  weighted(4, fc.record({ do: fc.constant("reserve" as const), cart, product, units, ticks })),
  weighted(1, fc.record({ do: fc.constant("extend" as const), cart, product, ticks })),
  weighted(1, fc.record({ do: fc.constant("commit" as const), cart, product })),
  weighted(1, fc.record({ do: fc.constant("release" as const), cart, product })),
  weighted(1, fc.record({ do: fc.constant("sweep" as const), product })),
  weighted(1, fc.record({ do: fc.constant("recount" as const), product })),
  weighted(
    1,
    fc.record({ do: fc.constant("adjust" as const), product, change: fc.integer({ min: -4, max: 4 }) }),
  ),
  weighted(
    1,
    fc.record({ do: fc.constant("setLevel" as const), product, quantity: fc.integer({ min: 0, max: 9 }) }),
  ),
  weighted(4, fc.record({ do: fc.constant("begin" as const), cart, odd, units, ticks })),
  weighted(
    9,
    fc.record({ do: fc.constant("prepare" as const), cart, product, back, odd, units, retake: fc.boolean() }),
  ),
  weighted(4, fc.record({ do: fc.constant("decide" as const), cart, back })),
  weighted(1, fc.record({ do: fc.constant("abort" as const), cart, back })),
  weighted(2, fc.record({ do: fc.constant("settle" as const), cart })),
  // What a client or a worker does with a line after it has asked the record.
  weighted(8, fc.record({ do: fc.constant("follow" as const), cart, product, back })),
  weighted(3, fc.record({ do: fc.constant("finish" as const), cart, back })),
  weighted(1, fc.record({ do: fc.constant("claim" as const), cart })),
  weighted(1, fc.record({ do: fc.constant("claimPrepared" as const), cart, product })),
  weighted(1, fc.record({ do: fc.constant("setAside" as const), cart, product, back })),
  weighted(1, fc.record({ do: fc.constant("redrive" as const), cart })),
  weighted(1, fc.record({ do: fc.constant("discard" as const), cart })),
  weighted(4, fc.record({ do: fc.constant("wait" as const), ticks: fc.constantFrom(1, 1, 1, 2, 12) })),
);

export type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;
/** The commands of one kind. */
export type Of<Name extends Command["do"]> = Extract<Command, { do: Name }>;
