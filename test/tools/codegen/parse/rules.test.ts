import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { RULES } from "../../../../tools/codegen/src/checks/rules.js";
import { FOLDER_RULES } from "../../../../tools/codegen/src/parse/rules.js";

const TOOLS = join(import.meta.dirname, "../../../../tools/codegen/src");

/** Rules whose names are put together: `contract/${tag}`, for the tags that a block needs. */
const COMPOSED: Readonly<Record<string, readonly string[]>> = {
  "contract/${tag}": ["contract/version", "contract/cost", "contract/resend"],
  "keyspace/${tag}": ["keyspace/pattern", "keyspace/holds", "keyspace/ttl", "keyspace/owner"],
};

const rules: Readonly<Record<string, { readonly meaning: string; readonly fix: string }>> = {
  ...RULES,
  ...FOLDER_RULES,
};
const families = new Set(Object.keys(rules).map((rule) => rule.split("/")[0] ?? ""));

/** The sources of the tools, the two tables of rules aside. */
const sources = readdirSync(TOOLS, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !/(checks|parse).rules\.ts$/.test(path))
  .map((path) => readFileSync(join(TOOLS, path), "utf8"));

/** Every rule that a source names, in quotes or in the text of a message. */
const used = new Set(
  sources.flatMap((source) => {
    const named = [...source.matchAll(/["` ]([a-z]+\/(?:[a-z][a-z-]*|\$\{tag\}))["`:]/g)].map(
      ([, rule]) => rule ?? "",
    );
    const ours = named.filter((rule) => families.has(rule.split("/")[0] ?? ""));
    return ours.flatMap((rule) => COMPOSED[rule] ?? [rule]);
  }),
);

describe("the tables of rules", () => {
  test("contain every rule that the tools name", () => {
    expect([...used].filter((rule) => !Object.hasOwn(rules, rule))).toEqual([]);
  });

  test("contain no unused rule", () => {
    expect(Object.keys(rules).filter((rule) => !used.has(rule))).toEqual([]);
  });

  test("share no rule", () => {
    expect(Object.keys(RULES).filter((rule) => Object.hasOwn(FOLDER_RULES, rule))).toEqual([]);
  });

  test("have a sentence for each rule and a fix that is not a sentence", () => {
    for (const [rule, { meaning, fix }] of Object.entries(rules)) {
      expect(meaning, rule).toMatch(/^[A-Z`@].*\.$/);
      expect(fix, rule).not.toMatch(/\.$/);
      expect(rule).toMatch(/^[a-z]+\/[a-z-]+$/);
    }
  });
});
