import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { refusedPackages, shippedPackages } from "../../../tools/audit/licences.js";
import { reportOf } from "../../../tools/audit/signatures.js";

const lock = (packages: Record<string, unknown>) => JSON.stringify({ lockfileVersion: 3, packages });

describe("the licences of shipped packages", () => {
  test("are all allowed", async () => {
    const text = await readFile(new URL("../../../package-lock.json", import.meta.url), "utf8");
    const shipped = shippedPackages(text);
    expect(shipped.map(({ name }) => name)).toEqual(expect.arrayContaining(["luaparse"]));
    expect(refusedPackages(shipped)).toEqual([]);
  });

  test("are refused if they are not in the list, are an expression or are missing", () => {
    const shipped = shippedPackages(
      lock({
        "": { name: "moonpath", license: "MIT" },
        "node_modules/good": { version: "1.0.0", license: "MIT" },
        "node_modules/strict": { version: "1.0.0", license: "AGPL-3.0-only" },
        "node_modules/either": { version: "1.0.0", license: "(MIT OR GPL-2.0)" },
        "node_modules/good/node_modules/@scope/silent": { version: "2.0.0" },
        "node_modules/of-tests": { version: "1.0.0", license: "GPL-3.0", dev: true },
        "node_modules/of-workspace": { resolved: "tools/of-workspace", link: true },
        "node_modules/of-users": { version: "1.0.0", license: "GPL-3.0", peer: true },
      }),
    );
    expect(refusedPackages(shipped)).toEqual([
      { name: "strict", version: "1.0.0", licence: "AGPL-3.0-only" },
      { name: "either", version: "1.0.0", licence: "(MIT OR GPL-2.0)" },
      { name: "@scope/silent", version: "2.0.0", licence: "unknown" },
    ]);
  });

  test("cannot be read from a lock file of npm 6", () => {
    expect(() => shippedPackages('{"dependencies":{}}')).toThrow("npm 7 or later");
  });
});

describe("reportOf", () => {
  test.each([
    {
      name: "verified packages",
      outcome: "verified",
      code: 0,
      printed: "audited 300 packages in 2s\n\n300 packages have verified registry signatures\n",
    },
    {
      name: "an invalid signature",
      outcome: "invalid",
      code: 1,
      printed: "1 package has an invalid registry signature:\n\nevil@1.0.0 (https://registry.example/)\n",
    },
    {
      name: "missing signatures",
      outcome: "invalid",
      code: 1,
      printed: "2 packages have missing registry signatures but the registry is providing keys\n",
    },
    {
      name: "an unsupported registry",
      outcome: "unanswered",
      code: 1,
      printed: "npm error found no dependencies to audit that were installed from a supported registry",
    },
    {
      name: "status 405",
      outcome: "unanswered",
      code: 1,
      printed: "npm error code E405\nnpm error 405 Method Not Allowed",
    },
    { name: "no output", outcome: "unanswered", code: undefined, printed: "" },
  ] as const)("returns $outcome for exit code $code and $name", ({ outcome, code, printed }) => {
    expect(reportOf(code, printed).outcome).toBe(outcome);
  });
});
