import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The TypeScript blocks of a guide, in their order. */
export async function blocksOf(guide: string): Promise<string[]> {
  const text = await readFile(new URL(`../../docs/${guide}`, import.meta.url), "utf8");
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block = ""]) => block);
}

const IMPORTS: Readonly<Record<string, string>> = {
  moonpath: new URL("../../src/index.ts", import.meta.url).href,
  "moonpath/fastify": new URL("../../src/http/index.ts", import.meta.url).href,
  fastify: import.meta.resolve("fastify"),
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
