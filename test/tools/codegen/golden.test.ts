import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { RULES } from "../../../tools/codegen/src/checks/rules.js";
import { runCheck } from "../../../tools/codegen/src/cli/check.js";
import { isGeneratedFile } from "../../../tools/codegen/src/cli/generated-file.js";
import { CommandError, OUTPUT_ENDINGS } from "../../../tools/codegen/src/cli/options.js";
import { COSTS_FILE, readCosts } from "../../../tools/codegen/src/costs.js";
import { writeFolder } from "../../../tools/codegen/src/disk/write.js";
import { type Generated, generate } from "../../../tools/codegen/src/generate.js";
import type { Files } from "../../../tools/codegen/src/parse/folder.js";
import { FOLDER_RULES } from "../../../tools/codegen/src/parse/rules.js";
import { formatProblems } from "../../../tools/codegen/src/report.js";
import { checkStyle } from "../../../tools/codegen/src/style.js";
import { below, type Case, luaOf, overlay, readCases } from "../../support/codegen/golden-cases.js";

const UPDATE = process.env["UPDATE_GOLDEN"] === "1";
const OPTIONS = { lua: "lua", out: "generated", client: "moonpath/client", namespace: "shop" };

const rules = [...Object.keys(RULES), ...Object.keys(FOLDER_RULES)];
const cases = readCases(rules);
const good = cases.filter((one) => one.rule === undefined);
const bad = cases.filter((one) => one.rule !== undefined);

function generated(one: Case): Generated {
  const costs = readCosts(one.sources.get(COSTS_FILE) ?? "");
  return generate(luaOf(one), { ...OPTIONS, sourceRoot: "lua", costs });
}

async function write(folder: string, files: Files): Promise<void> {
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** What `moonpath-codegen check` prints of a case, run in a folder of its own. */
async function checked(one: Case): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "moonpath-golden-")));
  const before = process.cwd();
  try {
    await write(join(folder, "lua"), one.sources);
    await write(join(folder, "generated"), overlay(generated(one).files, below(one.files, "found/")));
    process.chdir(folder);
    await runCheck(OPTIONS);
    return "every check passes\n";
  } catch (error) {
    if (error instanceof CommandError) return `${error.message}\n`;
    throw error;
  } finally {
    process.chdir(before);
    await rm(folder, { recursive: true });
  }
}

/** The rules that a report names, each once. */
function rulesIn(report: string): string[] {
  return [
    ...new Set([...report.matchAll(/^\S+:\d+:\d+: ([a-z]+\/[a-z-]+): /gm)].map(([, rule]) => rule ?? "")),
  ];
}

describe("the generator", () => {
  test.each(good.map((one) => [one.name, one] as const))(
    "generates the golden output of %s",
    async (_, one) => {
      const output = generated(one);
      expect(formatProblems(output.problems, one.sources, "lua")).toBe("\n0 problems");
      expect(formatProblems(checkStyle(luaOf(one)), one.sources, "lua")).toBe("\n0 problems");
      if (UPDATE)
        await writeFolder(join(one.folder, "generated"), output.files, OUTPUT_ENDINGS, isGeneratedFile);
      else
        expect(Object.fromEntries(below(one.files, "generated/"))).toEqual(Object.fromEntries(output.files));
    },
  );
});

describe("the checker", () => {
  test.each(bad.map((one) => [one.name, one] as const))(
    "reports the golden problems of %s",
    async (_, one) => {
      const report = await checked(one);
      if (UPDATE) await writeFile(join(one.folder, "problems.txt"), report);
      else expect(report).toBe(one.files.get("problems.txt"));
      expect(rulesIn(report)).toEqual([one.rule]);
    },
  );
});

describe("the folder of cases", () => {
  test("has a case for every rule that needs no server", () => {
    const told = new Set(bad.map((one) => one.rule));
    const missing = rules.filter((rule) => !told.has(rule) && !rule.startsWith("verify/"));
    expect(missing).toEqual([]);
  });

  test("contains nothing else", () => {
    const stray = cases.flatMap((one) => {
      const known = one.rule === undefined ? /^(lua|generated)\// : /^(lua|found)\/|^problems\.txt$/;
      return [...one.files.keys()].filter((path) => !known.test(path)).map((path) => `${one.name}/${path}`);
    });
    expect(stray).toEqual([]);
    expect(cases.filter((one) => below(one.files, "lua/").size === 0).map((one) => one.name)).toEqual([]);
    expect(cases.length).toBeGreaterThanOrEqual(48);
  });
});
