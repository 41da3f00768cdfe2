import fc from "fast-check";
import { expect, test } from "vitest";
import { callsIn } from "../../../src/client/batch/calls-in.js";
import { write } from "../../../src/client/call/codec.js";
import { CallBytes } from "../../../src/client/script/call-bytes.js";
import { createScope } from "../../../src/client/script/scope.js";
import { byteScripts } from "../../support/client/raw-bytes.js";

const scope = createScope("shop", "acme");
const { store } = byteScripts.stock;
const { write: _, ...many } = store.many;

const args = fc.record({
  product: fc.constantFrom("lamp", "vase", "cup"),
  body: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  sum: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  preview: fc.option(fc.uint8Array({ minLength: 1, maxLength: 40 }), { nil: undefined }),
  times: fc.integer({ min: 0, max: 1_000_000 }),
});

/** Texts as their bytes, because a call that has left its batch may have either. */
const bytesOf = (values: readonly (string | Buffer)[]) =>
  values.map((value) => Buffer.from(value).toString("hex"));

test.each([
  ["with a writer of its own", store],
  ["without one", { ...store, many }],
] as const)(
  "calls that leave their batch keep their bytes when its memory is used again (%s)",
  (__, script) => {
    fc.assert(
      fc.property(fc.array(args, { minLength: 1, maxLength: 8 }), (list) => {
        const bytes = new CallBytes(1, 16);
        for (const one of list) write(script, bytes, scope, one);
        const calls = callsIn({ script, bytes, count: list.length });
        bytes.clear();
        for (const one of list)
          write(script, bytes, scope, { ...one, body: one.body.map((byte) => byte ^ 0xff) });
        const expected = list.map((one) => script.encode(scope, one));
        expect(calls.map(({ keys }) => keys)).toEqual(expected.map(({ keys }) => keys));
        expect(calls.map((call) => bytesOf(call.args))).toEqual(expected.map((call) => bytesOf(call.args)));
      }),
    );
  },
);
