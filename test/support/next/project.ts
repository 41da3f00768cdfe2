import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { cacheFolder, exists, MatrixError, npm } from "../../../tools/matrix/install.js";
import { run } from "../../../tools/matrix/run.js";
import { afterFile } from "../cleanup.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const APP = fileURLToPath(new URL("../../next/app/", import.meta.url));
const BUILD_LIMIT_MS = 300_000;

/** What npm writes if it has no network. */
const NO_NETWORK = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH/;

/** A real Next.js app outside of this repository, with the package as it is now. */
export interface NextProject {
  readonly folder: string;
  /** Runs `next build`, and returns how many connections it opened to `REDIS_URL`. */
  build(options: {
    readonly version: string;
    readonly dist: string;
    readonly origin: string;
  }): Promise<number>;
}

/** Installs Next.js once, into the cache folder. Without a network, it prints so, and there is no project. */
export async function nextProject(): Promise<NextProject | undefined> {
  const libraries = await installed();
  if (libraries === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "moonpath-next-"));
  afterFile(() => rm(folder, { recursive: true, force: true }));
  await cp(APP, folder, { recursive: true });
  // Hard links: a copy of 340 MB would take longer than the build.
  const { ok } = await run("cp", ["-al", join(libraries, "node_modules"), folder], {
    cwd: folder,
    limitMs: BUILD_LIMIT_MS,
  });
  if (!ok) await cp(join(libraries, "node_modules"), join(folder, "node_modules"), { recursive: true });
  await bundlePackage(join(folder, "node_modules", "moonpath"));
  return {
    folder,
    async build({ version, dist, origin }) {
      await writeFile(join(folder, "version.js"), `export const version = "${version}";\n`);
      const redis = await countingServer();
      const ended = await run(process.execPath, ["node_modules/next/dist/bin/next", "build"], {
        cwd: folder,
        env: { ...appEnv, APP_DIST: dist, APP_ORIGIN: origin, REDIS_URL: redis.url },
        limitMs: BUILD_LIMIT_MS,
      });
      redis.close();
      if (!ended.ok) throw new Error(`next build failed:\n${ended.output}`);
      return redis.connections();
    },
  };
}

/** What each program of the app gets. */
export const appEnv = { NODE_OPTIONS: "", NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" } as const;

async function installed(): Promise<string | undefined> {
  const lock = await readFile(join(APP, "package-lock.json"));
  const hash = createHash("sha256").update(lock).digest("hex").slice(0, 12);
  const folder = join(cacheFolder(), `next-${hash}`);
  if (await exists(join(folder, "installed"))) return folder;
  process.stderr.write(`The tests of moonpath/next install Next.js into ${folder}\n`);
  await mkdir(folder, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) await cp(join(APP, name), join(folder, name));
  try {
    await npm(["ci", "--ignore-scripts"], folder);
  } catch (error) {
    if (!(error instanceof MatrixError) || !NO_NETWORK.test(error.message)) throw error;
    process.stderr.write("The tests of moonpath/next are skipped, because npm has no network\n");
    return undefined;
  }
  await writeFile(join(folder, "installed"), "");
  return folder;
}

/** The entry points that the app imports, from the sources. They share their modules. */
async function bundlePackage(folder: string): Promise<void> {
  await build({
    entryPoints: {
      index: join(ROOT, "src/index.ts"),
      next: join(ROOT, "src/next/index.ts"),
      l1: join(ROOT, "src/cache/l1/memory-l1.ts"),
    },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    conditions: ["moonpath-source"],
    external: ["ioredis"],
    logLevel: "error",
  });
  const exports = { ".": "./index.js", "./next": "./next.js", "./l1": "./l1.js" };
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ name: "moonpath", type: "module", exports }),
  );
}

/** A server that counts its connections, in the place of Redis. */
async function countingServer() {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket.on("error", () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { url: `redis://127.0.0.1:${port}`, connections: () => connections, close };
}
