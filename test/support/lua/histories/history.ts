import * as fc from "fast-check";
import model from "../../../../generated/model.json" with { type: "json" };

type ScriptModel = (typeof model.scripts)[number];

/** The value of an argument: a fixed one, or one that an earlier reply had in a field of that name. */
export type Given =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "replied"; readonly back: number; readonly otherwise: number }
  | { readonly kind: "instant"; readonly offsetMs: number };

/** One step of a history. */
export type Step =
  | {
      readonly kind: "call";
      readonly script: string;
      readonly args: Readonly<Record<string, Given>>;
      /** Overwrites one value of ARGV with any text. */
      readonly bad?: { readonly position: number; readonly text: string } | undefined;
    }
  | { readonly kind: "repeat"; readonly back: number }
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "corrupt"; readonly key: number; readonly field: number; readonly text: string }
  | { readonly kind: "retype"; readonly key: number };

const BAD_TEXTS = [
  "",
  "0",
  "1",
  "-1",
  "007",
  "1e3",
  "0x10",
  " 5",
  "1.5",
  "nan",
  "x",
  "{x}",
  "99999999999999999999",
];
// `tonumber` also accepts forms such as 1e3. A script that reads a number so may accept them in stored data.
const CORRUPT_TEXTS = ["", "x", "1.5", "nan", "-99999999999999999999"];
const PASSED_MS = [1, 999, 1_000, 60_000, 600_000, 3_600_000, 86_400_000];
const DURATIONS_MS = [1_000, 60_000, 600_000, 3_600_000];

/** Groups of arguments that exclude each other. Most calls leave one group out. */
const ALTERNATIVES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  "expiry.track": [["dueMs"], ["debounceMs", "maxWaitMs"]],
};

/**
 * Random histories for one script. They have calls of it and of the other scripts of its domain, and
 * calls that are sent again. Time passes, arguments are wrong, and somebody corrupts stored data.
 */
export function histories(script: string): fc.Arbitrary<readonly Step[]> {
  const subject = scriptNamed(script);
  const others = model.scripts.filter(({ domain }) => domain === subject.domain);
  const steps: fc.WeightedArbitrary<Step>[] = [
    { weight: 8, arbitrary: call(subject) },
    ...others.map((other) => ({ weight: 8 / others.length, arbitrary: call(other) })),
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("repeat" as const), back: fc.nat(5) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.constantFrom(...PASSED_MS) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("corrupt" as const),
        key: fc.nat(9),
        field: fc.nat(9),
        text: fc.constantFrom(...CORRUPT_TEXTS),
      }),
    },
    { weight: 0.3, arbitrary: fc.record({ kind: fc.constant("retype" as const), key: fc.nat(9) }) },
  ].map(({ weight, arbitrary }) => ({ weight: Math.ceil(weight * 10), arbitrary }));
  return fc.array(fc.oneof(...steps), { minLength: 1, maxLength: 30, size: "max" });
}

function call(script: ScriptModel): fc.Arbitrary<Step> {
  const fields = script.keys.flatMap(({ key }) => fieldsOf(key));
  const args = Object.fromEntries([
    ...fields.map((field) => [camel(field), keyField(field)] as const),
    ...script.args.map((arg) => {
      const given = argument(arg.name, arg.type);
      return [camel(arg.name), arg.optional ? fc.option(given, { nil: undefined, freq: 2 }) : given] as const;
    }),
  ]);
  const bad = fc.option(fc.record({ position: fc.nat(9), text: fc.constantFrom(...BAD_TEXTS) }), {
    nil: undefined,
    freq: 5,
  });
  const leftOut = fc.option(fc.constantFrom(...(ALTERNATIVES[script.name] ?? [[]])), { nil: [], freq: 5 });
  return fc.record({ args: fc.record(args), bad, leftOut }).map(({ args, bad, leftOut }) => ({
    kind: "call" as const,
    script: script.name,
    args: present(args, leftOut),
    bad,
  }));
}

function present(
  args: Readonly<Record<string, Given | undefined>>,
  leftOut: readonly string[],
): Record<string, Given> {
  const found: Record<string, Given> = {};
  for (const [name, given] of Object.entries(args)) {
    if (given !== undefined && !leftOut.includes(name)) found[name] = given;
  }
  return found;
}

/** The operations and claims are few, so that the same one comes again; the subjects are fewer. */
function keyField(field: string): fc.Arbitrary<Given> {
  const names = { currency: ["EUR", "USD"], queue_shard: ["0", "15"] }[field];
  const many = field === "operation" || field === "claim" ? 4 : 2;
  return value(fc.constantFrom(...(names ?? numbered(field, many))));
}

interface TypeReference {
  readonly kind: string;
  readonly name?: string;
  readonly element?: string;
  readonly values?: readonly string[];
}

function argument(name: string, type: TypeReference): fc.Arbitrary<Given> {
  if (type.kind === "choice") return value(fc.constantFrom(...(type.values ?? [])));
  if (type.kind === "list") return value(fc.array(plain(name, type.element ?? ""), { maxLength: 4 }));
  const declared = typeNamed(type.name ?? "");
  if (declared?.kind === "integer" && "unit" in declared && declared.unit?.includes("since 1970"))
    return instant;
  if (type.name === "fence" || name.endsWith("sequence") || name === "batch" || name === "run") {
    return fc.oneof(replied, value(plain(name, type.name ?? "")));
  }
  return value(plain(name, type.name ?? ""));
}

const replied: fc.Arbitrary<Given> = fc.record({
  kind: fc.constant("replied" as const),
  back: fc.nat(3),
  otherwise: fc.integer({ min: 1, max: 6 }),
});

const instant: fc.Arbitrary<Given> = fc.oneof(
  replied,
  fc.record({
    kind: fc.constant("instant" as const),
    offsetMs: fc.constantFrom(-3_600_000, -1, 0, 1, 60_000, 3_600_000),
  }),
);

function value(arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<Given> {
  return arbitrary.map((value) => ({ kind: "value" as const, value }));
}

/** Small values, so that calls meet each other, and at times the greatest or the least one. */
function plain(name: string, typeName: string): fc.Arbitrary<unknown> {
  const type = typeNamed(typeName);
  if (type === undefined) throw new Error(`generated/model.json has no type ${typeName}`);
  if (type.kind === "flag") return fc.boolean();
  if (type.kind === "choice" && "values" in type) return fc.constantFrom(...(type.values ?? []));
  if (type.kind === "record" && "fields" in type) {
    return fc.record(
      Object.fromEntries(
        (type.fields ?? []).map((field) => [camel(field.name), plain(field.name, field.type)]),
      ),
    );
  }
  if (type.kind === "integer" && "min" in type && "max" in type) {
    const [min, max] = [type.min ?? 0, type.max ?? 0];
    const near = [-5, -2, -1, 0, 1, 2, 3, 5, 10].map((step) => (min < 0 ? step : Math.max(step, min)));
    const usual = "unit" in type && type.unit === "milliseconds" ? DURATIONS_MS : near;
    return fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...usual.filter((number) => number <= max)) },
      { weight: 1, arbitrary: fc.constantFrom(min, max) },
    );
  }
  return fc.constantFrom(...numbered(name, 3));
}

function numbered(word: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${word}-${index + 1}`);
}

function fieldsOf(key: string): string[] {
  const pattern = model.keys.find(({ name }) => name === key)?.pattern ?? "";
  return [...pattern.matchAll(/<([a-z_]+)>/g)]
    .map(([, field = ""]) => field)
    .filter((field) => field !== "namespace" && field !== "tenant");
}

function typeNamed(name: string) {
  return model.types.find((type) => type.name === name);
}

export function scriptNamed(name: string): ScriptModel {
  const found = model.scripts.find((script) => script.name === name);
  if (found === undefined) throw new Error(`generated/model.json has no script ${name}`);
  return found;
}

function camel(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
