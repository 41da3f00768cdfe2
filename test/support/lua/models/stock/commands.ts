import * as fc from "fast-check";

// More than three: up to three, table.sort compares each pair once.
const warehouse = fc.constantFrom("a", "b", "c", "d", "e");
const reservation = fc.constantFrom("p", "q", "r");
const sequence = fc.integer({ min: 0, max: 9 });
const units = fc.integer({ min: 1, max: 6 });
const ticks = fc.integer({ min: 0, max: 3 });
const backorder = fc.constantFrom(false, false, true);
const among = fc.option(warehouse, { nil: undefined });

/** A random command on a product's stock and its reservations. */
export const command = fc.oneof(
  fc.record({
    do: fc.constant("apply" as const),
    warehouse,
    quantity: fc.integer({ min: 0, max: 9 }),
    sequence,
    moved: fc.option(fc.integer({ min: -9, max: 9 }), { nil: undefined }),
  }),
  fc.record({
    do: fc.constant("adjust" as const),
    operation: fc.constantFrom("A", "B", "C", "D", "E", "F", "G", "H"),
    change: fc.integer({ min: -9, max: 9 }),
    warehouse: among,
    backorder,
  }),
  fc.record({ do: fc.constant("read" as const) }),
  fc.record({ do: fc.constant("levels" as const) }),
  fc.record({
    do: fc.constant("watch" as const),
    sequence,
    from: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
  }),
  fc.record({ do: fc.constant("extend" as const), reservation, lease: ticks, late: fc.boolean() }),
  fc.record({ do: fc.constant("dropWarehouse" as const), warehouse, sequence }),
  fc.record({
    do: fc.constant("forget" as const),
    limit: fc.integer({ min: 1, max: 2 }),
    remember: ticks,
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("reserve" as const),
      reservation,
      units,
      replaces: fc.option(reservation, { nil: undefined }),
      backorder,
      lease: ticks,
      remember: ticks,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("commit" as const),
      reservation,
      warehouse: among,
      retake: fc.boolean(),
      backorder,
      remember: ticks,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("resize" as const),
      operation: fc.constantFrom("R", "S", "T", "U", "V", "W"),
      reservation,
      units,
      backorder,
      remember: ticks,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("release" as const), reservation, remember: ticks }),
  },
  fc.record({
    do: fc.constant("sweep" as const),
    limit: fc.integer({ min: 1, max: 4 }),
    remember: ticks,
  }),
  fc.record({ do: fc.constant("wait" as const), ticks: fc.integer({ min: 1, max: 2 }) }),
);

export type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;
/** The commands of one kind. */
export type Of<Name extends Command["do"]> = Extract<Command, { do: Name }>;
