import { describe, expect, test } from "vitest";
import { RULES } from "../../../../tools/codegen/src/checks/rules.js";
import { generate } from "../../../../tools/codegen/src/generate.js";
import { FOLDER_RULES } from "../../../../tools/codegen/src/parse/rules.js";
import { luaOf, readCases } from "../../../support/codegen/golden-cases.js";

const OPTIONS = { client: "moonpath/client", namespace: "shop", sourceRoot: "lua" };
const cases = readCases([...Object.keys(RULES), ...Object.keys(FOLDER_RULES)]);

function outputOf(name: string): ReadonlyMap<string, string> {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no golden folder ${name}`);
  return generate(luaOf(found), OPTIONS).files;
}

const ONE_TAG = "All of them share one hash tag";

describe("hole 3: waivers", () => {
  test("are listed on the sheet and on the page of the ACL", () => {
    const files = outputOf("waiver.foreign-key");
    const sheet = files.get("review/stock/forget.md") ?? "";
    expect(sheet).toContain("## Waivers\n");
    expect(sheet).toMatch(
      /^\| `keys\/undeclared` \| line 18 \| .* \| the list is older than this package, /m,
    );
    expect(files.get("acl/README.md")).toMatch(
      /^\| `stock\.forget` \| `keys\/undeclared` \| stock\/forget\.lua, line 18 \| the list is older /m,
    );
  });

  test("of a foreign key leave its cell, hash tag and least privilege unproved", () => {
    const sheet = outputOf("waiver.foreign-key").get("review/stock/forget.md") ?? "";
    expect(sheet).toMatch(/^\| DEL \| `label`; not proved: keys\/undeclared is waived on line 18 \|/m);
    expect(sheet).not.toContain(ONE_TAG);
    expect(sheet).toContain(
      "whether it runs on a cluster is not proved: keys/undeclared is waived on line 18.",
    );
    expect(sheet).toContain("Where the script touches another key, Redis stops it for this user");
  });

  test("show invisible characters of their reason", () => {
    const one = cases.find(({ name }) => name === "waiver.foreign-key");
    if (one === undefined) throw new Error("there is no golden folder waiver.foreign-key");
    const hidden = [...luaOf(one)].map(
      ([path, text]) => [path, text.replace("the list is older", "the \u202elist\u200b is older")] as const,
    );
    const { files } = generate(new Map(hidden), OPTIONS);
    for (const page of ["review/stock/forget.md", "acl/README.md"]) {
      expect(files.get(page)).toContain("the \\u202elist\\u200b is older");
      expect(files.get(page)).not.toMatch(/\p{Cf}/u);
    }
  });

  test("of a foreign key are listed on the keyspace map", () => {
    expect(outputOf("waiver.foreign-key").get("review/README.md")).toContain(
      "\n- `stock.forget`: not proved: keys/undeclared is waived on line 18\n",
    );
  });

  test("in a module are listed only for scripts that use it", () => {
    const sheet = outputOf("waiver.module").get("review/clock/reset.md") ?? "";
    expect(sheet).toMatch(/^\| DEL \| not proved: .* on line 3 of lib\/forget_list\.lua \|/m);
    expect(sheet).toMatch(/^\| `keys\/undeclared` \| line 3 of lib\/forget_list\.lua \|/m);
  });

  test("of other checks are listed beside the claim that they weaken", () => {
    const sheet = outputOf("waiver.many").get("review/stock/note.md") ?? "";
    expect(sheet).toMatch(/^\| `label` .*\| read; not proved: keys\/access is waived on line 21 \|/m);
    expect(sheet).toMatch(/^\| `changes` .*\| write \|/m);
    expect(sheet).toMatch(
      /^\| Sent twice \| .*; not proved: order\/write-before-check is waived on line 24 \|/m,
    );
    expect(sheet).toMatch(/^\| PUBLISH \| not proved: commands\/channel is waived on line 26 \|/m);
    expect(sheet).toContain("## Limits\n\nNot proved: bounds/loop is waived on line 28.");
    expect(sheet).not.toContain("It has no loops.");
    expect(sheet).toContain("Not proved: reply/float is waived on line 32.");
  });

  test("are not listed if every claim is proved", () => {
    for (const { name } of cases.filter(
      ({ rule, name }) => rule === undefined && !name.startsWith("waiver"),
    )) {
      for (const [path, text] of outputOf(name)) {
        if (!path.endsWith(".md")) continue;
        expect(text, `${name}/${path}`).not.toContain("not proved");
      }
    }
    expect(outputOf("two-keys").get("review/stock/rename.md")).toContain(ONE_TAG);
  });
});
