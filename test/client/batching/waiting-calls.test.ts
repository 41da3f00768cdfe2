import fc from "fast-check";
import { expect, test } from "vitest";
import { LoneCall } from "../../../src/client/batch/lone-call.js";
import { WaitingCalls } from "../../../src/client/batch/waiting-calls.js";
import { CallState } from "../../../src/client/call/call-state.js";
import { scripts } from "../../support/client/fixtures.js";

function call(number: number): LoneCall {
  const delivery = new CallState(60_000);
  const one = new LoneCall(number, scripts.tally.read, { delivery, send() {}, reject() {} });
  clearing.push(delivery);
  return one;
}
const clearing: CallState[] = [];

const step = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), number: fc.nat(100) }),
  /** Takes so many, and adds these numbers while it does. */
  fc.record({
    kind: fc.constant("take" as const),
    count: fc.nat(20),
    added: fc.array(fc.nat(100), { maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant("all" as const) }),
);

test("calls wait in the order of their numbers, whatever is added and taken", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const waiting = new WaitingCalls();
      let model: number[] = [];
      const add = (number: number) => model.push(number);
      const sort = () => model.sort((one, other) => one - other);
      for (const one of steps) {
        if (one.kind === "add") {
          waiting.add(call(one.number));
          add(one.number);
          sort();
        } else if (one.kind === "all") {
          expect(waiting.takeAll().map(({ number }) => number)).toEqual(model);
          model = [];
        } else {
          const taken: number[] = [];
          let additions = [...one.added];
          waiting.takeWhile(({ number }) => {
            for (const added of additions) waiting.add(call(added));
            additions = [];
            if (taken.length >= one.count) return false;
            taken.push(number);
            return true;
          });
          const wasAsked = model.length > 0;
          expect(taken).toEqual(model.splice(0, one.count));
          if (wasAsked) for (const added of one.added) add(added);
          sort();
        }
        expect(waiting.length).toBe(model.length);
        expect(waiting.first?.number).toBe(model[0]);
      }
    }),
    { numRuns: 300 },
  );
  for (const delivery of clearing.splice(0)) delivery.release();
});

test("calls that are over are not kept behind one that waits", () => {
  const waiting = new WaitingCalls();
  waiting.add(call(0));
  for (let number = 1; number <= 1_000; number++) {
    const one = call(number);
    waiting.add(one);
    one.reject(new Error("over"));
    waiting.noteOver();
  }
  expect(waiting.length).toBeLessThan(200);
  expect(waiting.first?.number).toBe(0);
  for (const delivery of clearing.splice(0)) delivery.release();
});
