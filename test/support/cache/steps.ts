import * as fc from "fast-check";

/** One step of an interleaving. Steps that take time are started, and not awaited. */
export type Step =
  | { readonly kind: "get"; readonly process: number; readonly entry: number }
  | { readonly kind: "change"; readonly process: number; readonly entry: number; readonly by: ChangedBy }
  | {
      readonly kind: "write";
      readonly process: number;
      readonly entry: number;
      readonly how: "through" | "around";
    }
  /** The oldest or the newest load that runs returns. */
  | { readonly kind: "loaded"; readonly newest: boolean }
  | { readonly kind: "leaseEnds"; readonly entry: number }
  | {
      readonly kind: "evict";
      readonly what: "entry" | "token" | "everyToken" | "addedToken" | "clock";
      readonly entry: number;
    }
  | { readonly kind: "tick"; readonly ms: number }
  /** Waits until a load has begun, if a call may lead to one. */
  | { readonly kind: "loading" }
  /** Waits until all changes so far were confirmed. */
  | { readonly kind: "confirmed" };

/** What an invalidation names after a change of the source. */
export type ChangedBy = "key" | "tag" | "tenant" | "addedTag";

/** The entries of an interleaving. */
export const ENTRIES = 2;

/** Random steps of some processes. */
export function steps(processes: number): fc.Arbitrary<Step[]> {
  const process = fc.nat(processes - 1);
  const entry = fc.nat(ENTRIES - 1);
  const one: fc.Arbitrary<Step> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("get" as const), process, entry }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("change" as const),
        process,
        entry,
        by: fc.constantFrom<ChangedBy[]>("key", "tag", "tenant", "addedTag"),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("write" as const),
        process,
        entry,
        how: fc.constantFrom("through" as const, "around" as const),
      }),
    },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant("loaded" as const), newest: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("leaseEnds" as const), entry }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("evict" as const),
        what: fc.constantFrom(
          "entry" as const,
          "token" as const,
          "everyToken" as const,
          "addedToken" as const,
          "clock" as const,
        ),
        entry,
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant("tick" as const), ms: fc.constantFrom(0, 0, 0, 1, 2) }),
    },
  );
  const fragment = fc.oneof(
    { weight: 12, arbitrary: one.map((step) => [step]) },
    { weight: 1, arbitrary: changedDuringLoad(process, entry) },
    { weight: 1, arbitrary: changedDuringReading(process, entry) },
  );
  return fc.array(fragment, { minLength: 4, maxLength: 12 }).map((fragments) => fragments.flat());
}

/** A tag changes while an entry is loaded, and a later caller of the same process may join the load. */
function changedDuringLoad(process: fc.Arbitrary<number>, entry: fc.Arbitrary<number>): fc.Arbitrary<Step[]> {
  const by = fc.constantFrom<ChangedBy[]>("tag", "tenant", "addedTag", "addedTag");
  const given = fc.record({ reader: process, changer: process, entry, by, joins: fc.boolean() });
  return given.map(({ reader, changer, entry, by, joins }): Step[] => {
    const get: Step = { kind: "get", process: reader, entry };
    return [
      { kind: "change", process: changer, entry, by: "key" },
      { kind: "confirmed" },
      get,
      { kind: "loading" },
      { kind: "change", process: changer, entry, by },
      { kind: "confirmed" },
      ...(joins ? [get] : []),
      { kind: "loaded", newest: true },
    ];
  });
}

/** A tag changes while an entry is read, and the next call comes in the moment of its confirmation. */
function changedDuringReading(
  process: fc.Arbitrary<number>,
  entry: fc.Arbitrary<number>,
): fc.Arbitrary<Step[]> {
  const by = fc.constantFrom<ChangedBy[]>("tag", "tenant");
  const given = fc.record({ reader: process, changer: process, entry, by, ticks: fc.nat(2) });
  return given.map(({ reader, changer, entry, by, ticks }): Step[] => {
    const get: Step = { kind: "get", process: reader, entry };
    const waits = Array.from({ length: ticks }, (): Step => ({ kind: "tick", ms: 0 }));
    return [get, ...waits, { kind: "change", process: changer, entry, by }, { kind: "confirmed" }, get];
  });
}
