import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { RULES, type Rule } from "../../tools/codegen/src/checks/rules.js";
import { FOLDER_RULES } from "../../tools/codegen/src/parse/rules.js";
import { expectTable, textOf } from "../support/docs.js";

const guide = await textOf("docs/scripts.md");
const golden = (path: string) =>
  readFile(new URL(`../tools/codegen/golden/${path}`, import.meta.url), "utf8");

type Rules = Readonly<Record<string, Rule>>;

describe("docs/scripts.md", () => {
  test("lists the checks of what a script does", () => expectRules("checks", RULES, true));

  test("lists the checks of the folder", () => expectRules("folder checks", FOLDER_RULES, false));

  test.each(["types.lua", "keyspace.lua", "voucher/redeem.lua"])(
    "shows %s of the golden folder `guide`, which is generated, type-checked and run",
    async (file) => {
      const text = await golden(`guide/lua/${file}`);
      expect(guide).toContain(`\`\`\`lua\n${text}\`\`\``);
    },
  );

  test("shows a problem as the command prints it", async () => {
    const [problem] = (await golden("keys-access/problems.txt")).split("\n\n");
    expect(guide).toContain(`\`\`\`\n${problem}\n\`\`\``);
  });
});

function expectRules(marker: string, rules: Rules, waivable: boolean): Promise<void> {
  const rows = Object.entries(rules).map(([rule, { meaning, fix, notWaivable }]) => [
    `\`${rule}\``,
    prose(meaning),
    prose(fix),
    ...(waivable ? [notWaivable === undefined ? "yes" : `no: ${prose(notWaivable)}`] : []),
  ]);
  const head = ["Check", "What it asks for", "The fix", ...(waivable ? ["Waivable"] : [])];
  return expectTable("docs/scripts.md", marker, head, rows);
}

/** In a table's cell: `|` ends no cell, and `<` begins no HTML. */
function prose(text: string): string {
  return text.replace(/`[^`]*`|</g, (part) => (part === "<" ? "\\<" : part)).replaceAll("|", "\\|");
}
