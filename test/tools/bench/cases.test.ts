import { afterAll, beforeAll, test } from "vitest";
import { BenchServer } from "../../../tools/bench/scripts/bench-server.js";
import { cases } from "../../../tools/bench/scripts/cases/index.js";

let server: BenchServer;

beforeAll(async () => {
  server = await BenchServer.start(false);
});

afterAll(() => server.stop());

test.each(cases.map((one) => [`${one.script}, ${one.path}`, one] as const))(
  "the calls of %s get the expected reply",
  { timeout: 120_000 },
  async (_, measured) => {
    const form = { ...measured, answers: true };
    await server.load(form);
    const calls = await server.prepare(measured, 2);
    if (measured.sentBefore) await server.run({ ...form, answers: false }, calls, measured);
    await server.run(form, calls, measured);
  },
);
