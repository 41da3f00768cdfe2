import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";

const entryPoints = [
  "src/index.ts",
  "src/client/index.ts",
  "src/expiry/index.ts",
  "src/views/index.ts",
  "src/writebehind/index.ts",
  "src/scheduler/index.ts",
  "src/postgres/index.ts",
  "src/testing/index.ts",
  "src/http/index.ts",
  "src/http/adapters/index.ts",
  "src/cdn/index.ts",
  "src/images/index.ts",
  "src/sync/index.ts",
  "src/webhooks/index.ts",
  "src/metrics/logs.ts",
  "src/metrics/opentelemetry.ts",
  "src/metrics/prometheus.ts",
];

const root = new URL("../../", import.meta.url);
const declaration =
  /^export (?:declare |abstract |async )*(?:function\*?|class|interface|type|const) (\w+)/gm;

describe("the public names of the package", () => {
  test.each(entryPoints)("of %s have docstrings", async (entryPoint) => {
    const names = await exportsOf(new URL(entryPoint, root));
    expect(names.size).toBeGreaterThan(0);
    expect([...names.values()].flatMap((found) => found.undocumented)).toEqual([]);
  });
});

interface Export {
  /** The name itself, and the options of an interface, as far as they have no docstring. */
  readonly undocumented: readonly string[];
}

/** The exports of a module, without those of generated modules. */
async function exportsOf(module: URL): Promise<Map<string, Export>> {
  const code = await readFile(module, "utf8");
  const found = new Map<string, Export>();
  for (const { 1: name = "", index } of code.matchAll(declaration)) {
    const earlier = found.get(name);
    const undocumented = undocumentedOf(code, name, index);
    // Only the first overload needs a docstring.
    found.set(name, earlier ?? { undocumented });
  }
  for (const [, names, path = ""] of code.matchAll(/^export (?:type )?(\*|\{[^}]*\}) from "([^"]+)"/gm)) {
    if (path.includes("generated/")) continue;
    const source = new URL(path.replace(/\.js$/, ".ts"), module);
    const others = await exportsOf(source);
    const wanted = names === "*" ? [...others.keys()] : namesIn(names ?? "");
    for (const name of wanted) {
      const other = others.get(name);
      if (!other) throw new Error(`${source.pathname} has no export ${name}`);
      found.set(name, other);
    }
  }
  return found;
}

function namesIn(list: string): string[] {
  return [...list.matchAll(/(?:type )?(\w+)(?: as \w+)?(?=\s*[,}])/g)].map(([, name = ""]) => name);
}

function undocumentedOf(code: string, name: string, at: number): string[] {
  const missing = code.slice(0, at).trimEnd().endsWith("*/") ? [] : [name];
  if (!/^[A-Z]\w*Options$/.test(name)) return missing;
  const [, body = ""] = /\{\n(.*?)^\}/ms.exec(code.slice(at)) ?? [];
  for (const { 1: option, index } of body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)) {
    if (!body.slice(0, index).trimEnd().endsWith("*/")) missing.push(`${name}.${option}`);
  }
  return missing;
}
