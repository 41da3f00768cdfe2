import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../support/bundle.js";
import { runProgram } from "../support/program.js";

const MAIN = join(ROOT, "src/command/main.ts");

test.each([
  ["laod", "moonpath has no command 'laod'; the nearest is moonpath load\n"],
  ["keys", "moonpath has no command 'keys'; the nearest is moonpath key\n"],
  ["genrate", "moonpath has no command 'genrate'; the nearest is moonpath-codegen generate\n"],
  ["generate", "moonpath has no command 'generate'; run moonpath-codegen generate\n"],
  ["migrate-all", "moonpath has no command 'migrate-all'\n"],
])("moonpath %s fails with a message", async (command, message) => {
  const { status, errors } = await runProgram(MAIN, [command], { cwd: ROOT, env: {} });
  expect(errors).toContain(message);
  expect(status).toBe(2);
});
