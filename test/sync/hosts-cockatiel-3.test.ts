import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../support/bundle.js";
import { run } from "../support/program.js";

test("breakers work with cockatiel 3 too, for Node 20 and users of the older version", async () => {
  const args = ["run", "--config", "test/support/sync/cockatiel-3.config.ts", "--reporter", "json"];
  const ended = await run(process.execPath, [join(ROOT, "node_modules/vitest/vitest.mjs"), ...args], {
    cwd: ROOT,
    limitMs: 55_000,
  });
  expect(ended.status, ended.errors).toBe(0);
  expect(JSON.parse(ended.output)).toMatchObject({ success: true, numFailedTests: 0 });
});
