import * as fc from "fast-check";

const process = fc.constantFrom(0, 1, 2);
const ticks = fc.integer({ min: 0, max: 3 });
/** Which of the loads, writers or tokens so far a call names: the last, the one before, … */
const back = fc.constantFrom(0, 0, 0, 1, 1, 2);
const tag = fc.constantFrom(0, 1);

/** A call, time that passes, or a key that the server evicts. Times are in ticks. */
export const command = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("read" as const),
      process,
      ticks,
      replaces: fc.constantFrom("nothing", "nothing", "present", "other"),
      waits: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("fill" as const), back, fresh: ticks, stale: ticks }) },
  fc.record({ do: fc.constant("touch" as const), back, isPresent: fc.boolean(), fresh: ticks, stale: ticks }),
  fc.record({ do: fc.constant("renew" as const), back, ticks }),
  fc.record({ do: fc.constant("release" as const), back }),
  fc.record({ do: fc.constant("invalidate" as const), settle: fc.option(ticks, { nil: undefined }) }),
  fc.record({ do: fc.constant("expire" as const) }),
  fc.record({ do: fc.constant("set" as const), fresh: ticks, stale: ticks }),
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("begin" as const),
      back: fc.option(back, { nil: undefined }),
      ticks,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("commit" as const), back, fresh: ticks, stale: ticks }),
  },
  fc.record({ do: fc.constant("end" as const), back }),
  fc.record({ do: fc.constant("peek" as const) }),
  fc.record({ do: fc.constant("read_tag" as const), tag }),
  fc.record({ do: fc.constant("open_tag" as const), tag, ticks }),
  fc.record({ do: fc.constant("invalidate_tag" as const), tag }),
  fc.record({ do: fc.constant("expire_tag" as const), tag }),
  fc.record({ do: fc.constant("set_tag_clock" as const), tag, back }),
  fc.record({ do: fc.constant("open_clock" as const) }),
  fc.record({ do: fc.constant("raise_clock" as const) }),
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("pass" as const), ticks: fc.integer({ min: 1, max: 3 }) }),
  },
  fc.record({
    do: fc.constant("evict" as const),
    key: fc.constantFrom("entry", "lease", "lease", "block", "tag 0", "tag 1", "clock"),
  }),
  // A later release stores an entry in its own form, with the same lease.
  fc.record({ do: fc.constant("later release" as const) }),
);

export type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;
export type Step<Name extends Command["do"]> = Extract<Command, { readonly do: Name }>;
