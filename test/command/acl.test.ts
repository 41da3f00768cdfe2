import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { emitAcl } from "../../tools/codegen/src/emit/acl/roles.js";
import type { Model } from "../../tools/codegen/src/model/model.js";
import { ROOT } from "../support/bundle.js";
import { type Ended, runProgram } from "../support/program.js";

const MAIN = join(ROOT, "src/command/main.ts");
const acl = (...args: string[]): Promise<Ended> => runProgram(MAIN, ["acl", ...args], { cwd: ROOT, env: {} });
const model: Model = JSON.parse(await readFile(join(ROOT, "generated/model.json"), "utf8"));
const generated = (namespace: string) => emitAcl(model, namespace);

test("moonpath acl prints what the generator writes for the namespace", async () => {
  const shop = await acl("--namespace", "shop");
  expect(shop).toMatchObject({ status: 0, errors: "" });
  expect(shop.output).toBe(generated("shop"));
  // Its patterns hold the name of the package no more, but its users do.
  expect(shop.output).not.toContain("moonpath:");
  expect(shop.output).toContain("user moonpath-service off ");
});

test("moonpath acl without a namespace prints the file of the package", async () => {
  const { output, status } = await acl();
  expect(status).toBe(0);
  expect(output).toBe(generated("moonpath"));
});

test.each([
  [["--namespace", "a:b"], "namespace must have 1 to 64 characters of A-Z, a-z, 0-9, _, . and -"],
  [["--namespace", "*"], "namespace must have 1 to 64 characters"],
  [["--namespace"], "argument missing"],
  [["shop"], "Unexpected argument 'shop'"],
  [["--colour"], "Unknown option '--colour'"],
])("moonpath acl %j fails with a message", async (args, message) => {
  const { status, errors, output } = await acl(...args);
  expect(errors).toContain(message);
  expect(output).toBe("");
  expect(status).toBe(2);
});

test("moonpath acl --help has an example", async () => {
  const { status, output } = await acl("--help");
  expect(status).toBe(0);
  expect(output).toContain("$ moonpath acl --namespace shop > moonpath.acl");
});
