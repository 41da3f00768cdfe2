import { expect, test } from "vitest";
import { type Batch, BatchQueue } from "../../../src/client/call/batch-queue.js";
import { CallState } from "../../../src/client/call/call-state.js";
import { afterTest } from "../../support/cleanup.js";
import { manyScripts } from "../../support/client/many-fixtures.js";

const { bump, read } = manyScripts.tally;
const wide = { ...bump, many: { ...bump.many, limit: 1_000 } };

/** A queue whose batches are answered when the test says so. */
function start() {
  const sent: Batch[] = [];
  const answers: (() => void)[] = [];
  const queue = new BatchQueue((batch) => {
    sent.push(batch);
    return new Promise((resolve) => answers.push(resolve));
  });
  const add = (count: number, { script = wide, group = 0, slot = 0, args = ["1"] } = {}) => {
    for (let index = 0; index < count; index++) {
      const delivery = new CallState(10_000);
      afterTest(() => delivery.release());
      const call = { keys: ["shop:{acme:lamp}:tally"], args };
      queue.add(script, group, slot, { call, delivery, resolve() {}, reject() {} });
    }
  };
  return { queue, sent, answers, add, sizes: () => sent.map(({ calls }) => calls.length) };
}

const tick = () => new Promise((resolve) => process.nextTick(resolve));
const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

test("a batch has at most 128 calls and 64 kB, and calls of one group", async () => {
  const { add, sizes } = start();
  add(130);
  add(3, { args: ["x".repeat(40_000)] });
  add(2, { group: 7 });
  await tick();
  expect(sizes()).toEqual([128, 3, 1, 1, 2]);
});

test("while 256 calls are unanswered, further ones leave at the next answer", async () => {
  const { add, answers, sizes } = start();
  add(300);
  await tick();
  expect(sizes()).toEqual([128, 128]);
  add(50);
  await turn();
  add(20);
  await turn();
  expect(sizes()).toEqual([128, 128]);
  answers[0]?.();
  await turn();
  expect(sizes()).toEqual([128, 128, 114]);
});

test("while anything is unanswered, calls of several events of one turn leave together", async () => {
  const { add, sizes } = start();
  add(1);
  await tick();
  add(1);
  await tick();
  add(1);
  await tick();
  expect(sizes()).toEqual([1]);
  await turn();
  expect(sizes()).toEqual([1, 2]);
});

test("a call that is sent by itself sends what waits for its slot first, and nothing else", async () => {
  const { queue, add, sizes } = start();
  add(2, { slot: 5 });
  queue.flushBefore(6, read);
  expect(sizes()).toEqual([]);
  queue.flushBefore(5, read);
  expect(sizes()).toEqual([2]);
  await tick();
  expect(sizes()).toEqual([2]);
});
