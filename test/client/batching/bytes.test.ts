import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { callsIn } from "../../../src/client/batch/calls-in.js";
import { write } from "../../../src/client/call/codec.js";
import { slotOf } from "../../../src/client/connection/slot.js";
import type { ManyScript, Scope } from "../../../src/client/index.js";
import { CallBytes } from "../../../src/client/script/call-bytes.js";
import { createScope } from "../../../src/client/script/scope.js";
import { scripts } from "../../../src/index.js";

const scope = createScope("shop", "acme");

/** The calls as a batch has them, or the message of the first error. */
function written<Args, Reply>(script: ManyScript<Args, Reply>, calls: readonly Args[], bytes: CallBytes) {
  for (const args of calls) write(script, bytes, scope, args);
  return callsIn({ script, bytes, count: calls.length });
}

const small = () => new CallBytes(1, 16);

/** Arguments of several types, with wrong ones among them. */
const text = fc.oneof(
  fc.string({ maxLength: 120 }),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom("", "a{b}", "\u0000", "\ud800", "ä", "€", "😀", "x".repeat(256), "x".repeat(257)),
);
const integer = fc.oneof(
  fc.integer({ min: -5, max: 70_000 }),
  fc.maxSafeInteger(),
  fc.constantFrom(-0, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32, 1e12, 1e14, 0.5, Number.NaN),
);
const flag = fc.boolean();
const adjust = fc.record({
  product: text,
  change: integer,
  warehouse: fc.option(text, { nil: undefined }),
  backorder: flag,
  low: integer,
  rememberMs: integer,
  operation: text,
});
const read = fc.record({ product: text, low: integer });
const reserve = fc.record({
  product: text,
  reservation: text,
  units: integer,
  leaseMs: integer,
  backorder: flag,
  low: integer,
  rememberMs: integer,
  operation: text,
  replaces: fc.option(text, { nil: undefined }),
});

/** Checks that `write` gives what `encode` gives, or its error. */
function same<Args, Reply>(script: ManyScript<Args, Reply>, args: fc.Arbitrary<Args>): void {
  fc.assert(
    fc.property(fc.array(args, { minLength: 1, maxLength: 8 }), (calls) => {
      const bytes = small();
      const valid: Args[] = [];
      for (const one of calls) {
        const expected = outcome(() => script.encode(scope, one));
        const before = bytes.length;
        const found = outcome(() => {
          write(script, bytes, scope, one);
          return true;
        });
        if ("error" in expected) {
          expect(found).toEqual({ error: expected.error });
          expect(bytes.length).toBe(before);
        } else {
          expect(found).toEqual({ value: true });
          valid.push(one);
          expect(bytes.slot).toBe(slotOf(expected.value.keys[0] ?? ""));
        }
      }
      const expected = valid.map((one) => script.encode(scope, one));
      if (valid.length > 0) {
        expect(callsIn({ script, bytes, count: valid.length })).toEqual(expected);
        expect(written(script, valid, small())).toEqual(expected);
      }
    }),
    { numRuns: 300 },
  );
}

type Outcome<Value> = { readonly value: Value } | { readonly error: string };

function outcome<Value>(work: () => Value): Outcome<Value> {
  try {
    return { value: work() };
  } catch (error) {
    // `write` names the script too.
    return { error: String(error).replace(/^(\w+: )?(?:\w+\.\w+ [0-9.]+: )?/, "") };
  }
}

describe("the bytes of a batch have the keys and arguments that encode returns", () => {
  test("stock.read", () => same(scripts.stock.read, read));
  test("stock.adjust, with two keys", () => same(scripts.stock.adjust, adjust));
  test("stock.reserve, with the key of a slot", () => same(scripts.stock.reserve, reserve));
  test("a script without a writer of its own", () => {
    const { write: _, ...many } = scripts.stock.adjust.many;
    same({ ...scripts.stock.adjust, many }, adjust);
  });
});

test("a scope that the client has not made is checked", () => {
  const foreign: Scope = { namespace: "shop", tenant: "a:b" };
  expect(() => write(scripts.stock.read, small(), foreign, { product: "lamp", low: 1 })).toThrow(/tenant/);
});

test("the last call can be dropped, or moved to other bytes", () => {
  const [from, to] = [small(), small()];
  const script = scripts.stock.read;
  const calls = ["lamp", "vase", "cup"].map((product) => ({ product, low: 70_000 }));
  const [lamp, vase, cup] = calls.map((args) => script.encode(scope, args));
  for (const args of calls) write(script, from, scope, args);
  from.moveTo(to);
  expect(callsIn({ script, bytes: from, count: 2 })).toEqual([lamp, vase]);
  expect(callsIn({ script, bytes: to, count: 1 })).toEqual([cup]);
  write(script, from, scope, { product: "dropped", low: 1 });
  from.undo();
  expect(callsIn({ script, bytes: from, count: 2 })).toEqual([lamp, vase]);
});
