import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { SharedRead } from "../../src/cache/read/shared-reads.js";
import { UnavailableError } from "../../src/client/index.js";
import { Circuit } from "../../src/core/circuit.js";

test("a reading that is late, and then fails, is one failure of the circuit", async () => {
  const TIMEOUT_MS = 20;
  const circuit = new Circuit(2);
  const lost = async () => {
    await sleep(3 * TIMEOUT_MS);
    throw new UnavailableError("the connection was lost");
  };
  const isOpen = async () =>
    (await Promise.all([1, 2].map((call) => circuit.run(TIMEOUT_MS, async () => call)))).includes(undefined);
  await new SharedRead(TIMEOUT_MS).send(lost, circuit);
  expect(await isOpen()).toBe(false);
  await new SharedRead(TIMEOUT_MS).send(lost, circuit);
  expect(await isOpen()).toBe(true);
});
