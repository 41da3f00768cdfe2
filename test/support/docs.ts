import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "vitest";

/** The text of a document of this repository. */
export function textOf(path: string): Promise<string> {
  return readFile(new URL(`../../${path}`, import.meta.url), "utf8");
}

/** The blocks of one language of a document, in their order. */
export async function blocksOf(path: string, language = "ts"): Promise<string[]> {
  return [...(await textOf(path)).matchAll(/^```(\S*)\n(.*?)^```$/gms)]
    .filter(([, of]) => of === language)
    .map(([, , block = ""]) => block);
}

/**
 * Expects that the document has this table between its markers. A failure shows the lines to paste
 * there.
 */
export async function expectTable(
  path: string,
  marker: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<void> {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`);
  const wanted = lines.join("");
  const found = between(await textOf(path), marker);
  expect(found, `${path} has to hold, between its markers "${marker}":\n\n${wanted}`).toBe(wanted);
}

/** The properties of an interface with their docstrings. */
export function membersOf(code: string, name: string): Map<string, string> {
  const [, body] = new RegExp(`^export interface ${name}\\b.*?\\{\n(.*?)^\\}`, "ms").exec(code) ?? [];
  if (body === undefined) throw new Error(`no interface ${name}`);
  const documented = body.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:readonly )?(\w+)/g);
  return new Map(
    [...documented].map(([, doc = "", member = ""]) => [member, doc.replace(/\s*\n\s*\*\s?/g, " ")]),
  );
}

/** The text between two markers of a document. */
export function between(text: string, marker: string): string {
  const [, found] = new RegExp(`<!-- ${marker} -->\n(.*?)<!-- /${marker} -->`, "s").exec(text) ?? [];
  if (found === undefined) throw new Error(`the document has no <!-- ${marker} --> … <!-- /${marker} -->`);
  return found;
}

const IMPORTS: Readonly<Record<string, string>> = {
  moonpath: new URL("../../src/index.ts", import.meta.url).href,
  "moonpath/keyv": new URL("../../src/keyv/index.ts", import.meta.url).href,
  "cache-manager": import.meta.resolve("cache-manager"),
  keyv: import.meta.resolve("keyv"),
  "moonpath/fastify": new URL("../../src/http/index.ts", import.meta.url).href,
  "moonpath/http": new URL("../../src/http/adapters/index.ts", import.meta.url).href,
  express: import.meta.resolve("express"),
  fastify: import.meta.resolve("fastify"),
  hono: import.meta.resolve("hono"),
  ioredis: import.meta.resolve("ioredis"),
};

/**
 * Runs a block, and returns what it exports. Its imports lead to the sources here, its Redis is the
 * one of the URL, and its namespace is the given one; nothing else of it is changed.
 */
export async function runBlock(block: string, redisUrl: string, namespace: string): Promise<object> {
  const folder = await mkdtemp(join(tmpdir(), "moonpath-docs-"));
  try {
    const file = join(folder, "block.ts");
    const runnable = block
      .replace(/from "([^"]+)";/g, (_, name: string) => `from ${JSON.stringify(IMPORTS[name] ?? name)};`)
      .replace("new Redis()", `new Redis(${JSON.stringify(redisUrl)})`)
      .replace(/namespace: "\w+"/, `namespace: ${JSON.stringify(namespace)}`);
    await writeFile(file, runnable);
    const exported: object = await import(pathToFileURL(file).href);
    return exported;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
