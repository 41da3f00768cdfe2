import { mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type Metafile } from "esbuild";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { ROOT } from "../support/bundle.js";
import { run } from "../support/program.js";
import { freshNamespace } from "../support/redis.js";

const SERVICE = `
import { Redis } from "ioredis";
import { ArgumentError, createMoonpath } from "./src/index.ts";

const redis = new Redis(process.env.REDIS_URL);
const { stock } = createMoonpath(redis, { namespace: process.env.NAMESPACE }).tenant("acme");
console.log(await stock.setLevel({ product: "lamp", warehouse: "berlin", quantity: 5, sequence: 1, low: 2 }));
console.log(await stock.read({ product: "lamp", low: 5 }));
await stock.read({ product: "", low: 5 }).catch((error) => console.log(error instanceof ArgumentError, error.code));
redis.disconnect();
`;

let folder: string;
let metafile: Metafile;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "moonpath-bundle-")));
  const built = await build({
    stdin: { contents: SERVICE, resolveDir: ROOT, sourcefile: "service.ts", loader: "ts" },
    bundle: true,
    conditions: ["moonpath-source"],
    platform: "node",
    target: "node20",
    format: "esm",
    outfile: join(folder, "service.mjs"),
    absWorkingDir: ROOT,
    // ioredis is CommonJS and requires modules of Node.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    metafile: true,
    logLevel: "silent",
  });
  metafile = built.metafile;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a service bundled into one file", () => {
  test("works in a folder that holds nothing else, and may read nothing else", async () => {
    expect(await readdir(folder)).toEqual(["service.mjs"]);
    const env = { REDIS_URL: inject("redisUrl"), NAMESPACE: freshNamespace() };
    // Node's permission model: no file but the bundle may be read, none written, no process started.
    const limits = [
      "--experimental-permission",
      `--allow-fs-read=${join(folder, "service.mjs")}`,
      "--no-warnings",
    ];
    expect(await run(process.execPath, [...limits, "service.mjs"], { cwd: folder, env })).toEqual({
      status: 0,
      output: `{
  outcome: 'applied',
  total: 5,
  statusBefore: 'out_of_stock',
  status: 'in_stock',
  available: 5
}
{ outcome: 'known', total: 5, status: 'low_stock', available: 5 }
true ARGUMENT
`,
      errors: "",
    });
  });

  test("fails under the permission model if it reads a file", async () => {
    await writeFile(
      join(folder, "reads.mjs"),
      'import { readFileSync } from "node:fs"; readFileSync("service.mjs");',
    );
    const limits = [
      "--experimental-permission",
      `--allow-fs-read=${join(folder, "reads.mjs")}`,
      "--no-warnings",
    ];
    const { status, errors } = await run(process.execPath, [...limits, "reads.mjs"], { cwd: folder });
    expect(status).toBe(1);
    expect(errors).toContain("ERR_ACCESS_DENIED");
  });

  test("holds the client and the scripts, and neither the generator nor the test servers", async () => {
    const ours = Object.keys(metafile.inputs).filter((path) => !/(^|\/)node_modules\//.test(path));
    expect(ours).toContain("generated/ts/stock/set_level.ts");
    const allowed =
      /^(service\.ts|src\/(index|moonpath)\.ts|src\/(core|client|environment|lock|idempotency|limit|queues|slots|cache|cart|stock)\/|generated\/ts\/)/;
    expect(ours.filter((path) => !allowed.test(path))).toEqual([]);
    const packages = Object.keys(metafile.inputs).flatMap(
      (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
    );
    for (const tool of [
      "commander",
      "luaparse",
      "lua-format",
      "@johnnymorganz/stylua",
      "chokidar",
      "testcontainers",
    ])
      expect(packages).not.toContain(tool);
  });

  test("uses no Node module that reads files or starts programs in its Moonpath part", () => {
    const used = Object.entries(metafile.inputs)
      .filter(([path]) => /^(src|generated)\//.test(path))
      .flatMap(([, { imports }]) => imports.filter(({ external }) => external).map(({ path }) => path));
    expect([...new Set(used)].sort()).toEqual([
      "node:crypto",
      "node:diagnostics_channel",
      "node:events",
      "node:timers/promises",
      "node:util/types",
      "node:zlib",
    ]);
  });

  test("has a Moonpath part, with all scripts, of less than 1,750 kB before minifying", () => {
    const [output] = Object.values(metafile.outputs);
    const ours = Object.entries(output?.inputs ?? {}).filter(([path]) => /^(src|generated)\//.test(path));
    const bytes = ours.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(1_750_000);
  });
});
