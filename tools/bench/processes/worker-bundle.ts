import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ENTRY = fileURLToPath(new URL("../contestants/worker.ts", import.meta.url));
/** Node finds the peers from here, as from the sources. */
const CACHE = fileURLToPath(new URL("../../../node_modules/.cache/", import.meta.url));
/** The peers run as npm installed them. */
const EXTERNAL = [
  "@keyv/redis",
  "async-cache-dedupe",
  "bentocache",
  "bullmq",
  "cache-manager",
  "cacheable",
  "fastify",
  "ioredis",
  "iovalkey",
  "keyv",
  "lru-cache",
  "rate-limiter-flexible",
  "redis",
  "redlock",
  "testcontainers",
];

/** The program of the contestants' processes. */
export interface WorkerBundle {
  readonly file: string;
  remove(): Promise<void>;
}

/**
 * Compiles the program, because tsx adds a call to each function that other code creates. It would
 * measure these calls in Moonpath's sources, and not in the peers.
 *
 * @param entry another program than that of the contestants
 */
export async function bundleWorker(entry = ENTRY): Promise<WorkerBundle> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, "moonpath-bench-"));
  const file = join(folder, "worker.mjs");
  try {
    await build({
      entryPoints: [entry],
      outfile: file,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      conditions: ["moonpath-source"],
      external: EXTERNAL,
      // Some of the bundled packages are CommonJS and require modules of Node.
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
      logLevel: "silent",
    });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}
