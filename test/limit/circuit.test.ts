import { expect, test } from "vitest";
import { Circuit, Circuits } from "../../src/core/circuit.js";

/** Whether a call with this timeout asks the server. */
async function asks(circuit: Circuit, timeoutMs: number): Promise<boolean> {
  return (await circuit.run(timeoutMs, async () => true)) ?? false;
}

/** A call that asks the server until `end` is called. */
function pending(circuit: Circuit, timeoutMs: number) {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const result = circuit.run(timeoutMs, async () => {
    await ended;
    return true;
  });
  return { end, result };
}

test("the failures with the longest timeouts decide for which calls the circuit is open", async () => {
  const circuit = new Circuit(2);
  for (const timeoutMs of [50, 1, 100, 1]) circuit.noteFailure(timeoutMs);
  // Two calls have waited for 50 ms in vain, and only one for longer.
  const probe = pending(circuit, 50);
  expect([await asks(circuit, 1), await asks(circuit, 50), await asks(circuit, 51)]).toEqual([
    false,
    false,
    true,
  ]);
  probe.end();
  expect(await probe.result).toBe(true);
  expect(await asks(circuit, 50)).toBe(true);
});

test("an answer refutes only the failures of calls that had as much time", async () => {
  const circuit = new Circuit(1);
  circuit.noteFailure(5);
  circuit.noteAnswer(10);
  const probe = pending(circuit, 5);
  expect([await asks(circuit, 5), await asks(circuit, 10)]).toEqual([false, true]);
  circuit.noteAnswer(5);
  expect(await asks(circuit, 5)).toBe(true);
  probe.end();
  await probe.result;
});

test("a call with more time than all that ask the server asks too", async () => {
  const circuit = new Circuit(1);
  circuit.noteFailure(100);
  const short = pending(circuit, 1);
  const long = pending(circuit, 50);
  expect([await asks(circuit, 1), await asks(circuit, 50), await asks(circuit, 100)]).toEqual([
    false,
    false,
    true,
  ]);
  for (const { end } of [short, long]) end();
  expect(await Promise.all([short.result, long.result])).toEqual([true, true]);
});

test("each node has a circuit of its own, and the number of circuits is bounded", () => {
  const circuits = new Circuits(2, 1);
  const [a, b] = [circuits.of("a"), circuits.of("b")];
  expect(a).not.toBe(b);
  expect(circuits.of("a")).toBe(a);
  circuits.of("c");
  expect(circuits.of("b")).toBe(b);
  expect(circuits.of("a")).not.toBe(a);
});
