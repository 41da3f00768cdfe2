import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const fileOf = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

const text = await fileOf(".github/workflows/ci.yml");
const workflow: unknown = parse(text);

/** The value below some names; undefined where one is missing. */
function at(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (inner, name) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, name) : undefined),
    value,
  );
}

describe("the CI workflow", () => {
  test("runs README's commands through .ci/run", async () => {
    expect(at(workflow, "jobs", "test", "steps")).toContainEqual(expect.objectContaining({ run: ".ci/run" }));
    const command = "npm ci && npm test";
    expect(await fileOf("README.md")).toContain(`\n${command}\n`);
    expect(await fileOf(".ci/run")).toContain(`\n${command}\n`);
  });

  test("begins with the oldest Node.js that package.json allows, and includes the one of .nvmrc", async () => {
    const versions = at(workflow, "jobs", "test", "strategy", "matrix", "node");
    expect(versions).toEqual([20, 22, 24]);
    expect(at(JSON.parse(await fileOf("package.json")), "engines", "node")).toBe(">=20.19");
    expect(versions).toContain(Number(await fileOf(".nvmrc")));
  });

  test("runs on every supported server, with the oldest Redis first", () => {
    expect(at(workflow, "jobs", "test", "strategy", "matrix", "server")).toEqual([
      { name: "redis", repository: "redis/redis", branch: "7.0" },
      { name: "redis", repository: "redis/redis", branch: "7.4" },
      { name: "redis", repository: "redis/redis", branch: "8.0" },
      { name: "valkey", repository: "valkey-io/valkey", branch: "8.1" },
    ]);
  });

  test("may only read the repository, and pins each action by its major version", () => {
    expect(at(workflow, "permissions")).toEqual({ contents: "read" });
    expect(text).not.toMatch(/write(-all)?\s*$/m);
    const actions = [...text.matchAll(/uses: (\S+)/g)].map(([, action]) => action);
    expect(actions).not.toEqual([]);
    for (const action of actions) expect(action).toMatch(/^actions\/[\w-]+@v\d+$/);
  });

  test.each([
    ".github/dependabot.yml",
    ".github/ISSUE_TEMPLATE/bug.yml",
    ".github/ISSUE_TEMPLATE/config.yml",
    ".github/ISSUE_TEMPLATE/feature.yml",
  ])("stands beside %s, which is valid YAML without duplicate keys", async (path) => {
    expect(typeof parse(await fileOf(path), { strict: true, uniqueKeys: true })).toBe("object");
  });
});
