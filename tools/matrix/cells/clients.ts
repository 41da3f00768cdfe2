import type { Cell } from "../cell.js";
import { ESM, smokeTest, suite } from "../tests.js";

/** @param only the tests of the client that run with this library; by default all */
function clientCell(id: string, title: string, only: readonly string[] = []): Cell {
  return {
    id,
    title,
    tests: { smoke: "smoke test", full: "smoke test, tests of the client" },
    async run(context) {
      const smoke = await smokeTest(context, ESM, process.execPath, [], id);
      return !smoke.ok || context.isSmoke ? smoke : suite(process.execPath, id, only);
    },
  };
}

/** Every cell of `npm run test:clients`. */
export const clientCells: readonly Cell[] = [
  clientCell("ioredis", "ioredis 6.0.0"),
  clientCell("ioredis-5", "ioredis 5.11.1"),
  clientCell("iovalkey", "iovalkey 0.4.0"),
  // The tests that name the library. The others are about the options of ioredis.
  clientCell("node-redis-5", "node-redis 5.12.1", ["-t", "node-redis 5"]),
  clientCell("node-redis", "node-redis 6.3.1", ["-t", "node-redis 6"]),
];
