import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { scripts } from "../../../src/index.js";
import { samples } from "../../support/lua/samples/index.js";

const names = Object.values(scripts).flatMap((operations) =>
  Object.values(operations).map(({ name }) => name.split(".")),
);

describe.each(names)("%s.%s", (domain, operation) => {
  test("has a sample call for the contract tests", () => {
    const found = samples.filter(({ script }) => script === `${domain}.${operation}`);
    expect(found, "add one to test/support/lua/samples").not.toHaveLength(0);
  });

  test("has a test file under the script's own path", () => {
    const file = new URL(`../${domain}/${operation}.test.ts`, import.meta.url);
    expect(existsSync(file), `write test/lua/${domain}/${operation}.test.ts`).toBe(true);
  });
});

test("every domain has a model test", () => {
  const without = Object.keys(scripts).filter(
    (domain) => !existsSync(new URL(`../${domain}/model.test.ts`, import.meta.url)),
  );
  expect(without, "write test/lua/<domain>/model.test.ts").toEqual([]);
});
