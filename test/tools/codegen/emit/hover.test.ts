import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorTable, scripts } from "../../../../src/index.js";
import { LanguageServer } from "../../../support/language-server.js";

const UPDATE = process.env["UPDATE_GOLDEN"] === "1";
const ROOT = join(import.meta.dirname, "../../../..");
const FOLDER = "test/tools/codegen/emit/hover";
const SAMPLE = "test/support/codegen/hover-sample.ts";

/** Every script as `domain.operation`, in the names of callers. */
const functions = Object.entries(scripts).flatMap(([domain, operations]) =>
  Object.keys(operations).map((operation) => `${domain}.${operation}`),
);

/** `stock.setLevel` -> `stock/set_level` */
function pathOf(name: string): string {
  return name.replace(".", "/").replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

let server: LanguageServer;
beforeAll(async () => {
  server = await LanguageServer.start(ROOT);
  server.open(SAMPLE, await readFile(join(ROOT, SAMPLE), "utf8"));
});
afterAll(() => server.stop());

describe("the hover text", () => {
  test.each([
    ["expiry.claim", "acme.scripts.expiry.claim"],
    ["idempotency.begin", "acme.scripts.idempotency.begin"],
    ["job.start", "acme.job.start"],
    ["lock.acquire", "acme.scripts.lock.acquire"],
    ["price.read", "acme.price.read"],
    ["stock.adjust", "acme.stock.adjust"],
    ["stock.commit", "acme.stock.commit"],
    ["stock.read", "acme.stock.read"],
    ["stock.reserve", "acme.stock.reserve"],
    ["views.take", "acme.views.take"],
    ["stock.read.many", "acme.stock.read.many"],
    ["expiry.track", "acme.expiry.track"],
    ["expiry.track.many", "acme.expiry.track.many"],
    ["a result of many", "const results"],
    ["the domain stock", "acme.stock"],
    ["the domain stock of scripts", "acme.scripts.stock"],
    ["idempotency.mark", "acme.idempotency.mark"],
    ["ready", "moonpath.ready"],
    ["an argument", "rememberMs"],
    ["an outcome of the reply", "why: sale.outcome"],
    ["the other outcomes of the reply", "how: sale.outcome"],
    ["a field of the reply", "sale.available"],
    ["the reply", "const sale"],
  ])("of %s equals the golden file", async (name, text) => {
    const shown = `${await server.hover(SAMPLE, text)}\n`;
    const golden = join(ROOT, FOLDER, `${name.replaceAll(/[ ']/g, "-")}.md`);
    if (UPDATE) await writeFile(golden, shown);
    expect(shown).toBe(await readFile(golden, "utf8"));
  });
});

describe("go to definition", () => {
  test("leads from a tenant's function to its signature beside the name of the Lua source", async () => {
    const path = `${FOLDER}/all-functions.ts`;
    const lines = functions.map((name) => `tenant.${name};`);
    server.open(
      path,
      `import type { Tenant } from "../../../../../src/index.js";\ndeclare const tenant: Tenant["scripts"];\n${lines.join("\n")}\n`,
    );
    expect(functions.length).toBeGreaterThan(30);
    for (const name of functions) {
      const file = pathOf(name);
      const operation = name.split(".")[1] ?? "";
      const { path: found, line } = await server.definition(path, `tenant.${name}`);
      const text = (await readFile(join(ROOT, found), "utf8")).split("\n");
      expect({ name, found }).toEqual({ name, found: `generated/ts/${file}.ts` });
      const isMany = text[line - 1] === `  readonly ${operation}: {`;
      expect(
        isMany ? `${text[line - 1]?.slice(0, 2)}${operation}${text[line]?.trim()}` : text[line - 1],
      ).toMatch(
        new RegExp(`^  ${operation}\\(args: \\w+Args, options\\?: CallOptions\\): Promise<\\w+Reply>;$`),
      );
      expect(text.slice(0, line).join("\n")).toContain(`   * Lua source: \`lua/${file}.lua\`, version `);
    }
  });
});

describe("the errors in the documentation of functions", () => {
  test("are error codes of the client and include those of the scripts' examples", async () => {
    let checked = 0;
    for (const name of functions) {
      const path = pathOf(name);
      const text = await readFile(join(ROOT, `generated/ts/${path}.ts`), "utf8");
      const codes = [...text.matchAll(/@throws (.*)/g)].flatMap(([, line = ""]) =>
        [...line.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code ?? ""),
      );
      expect(codes.filter((code) => !Object.keys(errorTable).includes(code))).toEqual([]);
      const source = await readFile(join(ROOT, `lua/${path}.lua`), "utf8");
      for (const [, error = ""] of source.matchAll(/^--- +error +([A-Z]+)/gm)) {
        const code = error.replace("WRONGTYPE", "WRONG_TYPE").replace("INVALIDOBJ", "CORRUPT");
        expect({ name, codes }).toEqual({ name, codes: expect.arrayContaining([code]) });
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(20);
  });
});

describe("the examples in the documentation of functions", () => {
  test("compile and exist for every script", async () => {
    const path = `${FOLDER}/all-examples.ts`;
    const examples = await Promise.all(functions.map(exampleOf));
    const body = examples.map(
      (code, index) => `export async function example${index}() {\n${code}\nreturn reply;\n}`,
    );
    server.open(
      path,
      `import type { Tenant } from "../../../../../src/index.js";\ndeclare const acme: Tenant;\n${body.join("\n")}\n`,
    );
    expect(await server.problems(path)).toEqual([]);
  });

  test("do not compile with a wrong argument", async () => {
    const path = `${FOLDER}/wrong-example.ts`;
    const code = (await exampleOf("stock.adjust")).replace("change: -8", 'change: "-8"');
    server.open(
      path,
      `import type { Tenant } from "../../../../../src/index.js";\ndeclare const acme: Tenant;\n${code}\nexport { reply };\n`,
    );
    expect(await server.problems(path)).toEqual([
      expect.stringContaining("Type 'string' is not assignable to type 'number'"),
    ]);
  });

  async function exampleOf(name: string): Promise<string> {
    const text = await readFile(join(ROOT, `generated/ts/${pathOf(name)}.ts`), "utf8");
    const [, block] = /@example\n {3}\* ```ts\n([\s\S]*?)\n {3}\* ```/.exec(text) ?? [];
    if (block === undefined) throw new Error(`${name} has no example`);
    return block.replaceAll(/^ {3}\* ?/gm, "").replace("*\\/", "*/");
  }
});
