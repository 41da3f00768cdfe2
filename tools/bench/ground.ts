import { Redis } from "ioredis";
import { Pool } from "pg";
import { createMoonpath } from "../../src/index.js";
import { startPostgres, startRedis } from "../../src/testing/index.js";
import type { Benchmark, Ground, Measured } from "./benchmark.js";
import { NAMESPACE, TENANT } from "./contestants/moonpath.js";
import { startContestant } from "./processes/contestant-process.js";
import type { Side } from "./processes/rounds.js";
import { bundleWorker } from "./processes/worker-bundle.js";

/** What a benchmark is told. */
export interface MeasureOptions {
  readonly isQuick: boolean;
  progress(text: string): void;
}

/** Runs one benchmark on servers that nothing else uses. All of its processes end with it. */
export async function measureOnGround(
  { measure }: Benchmark,
  { isQuick, progress }: MeasureOptions,
): Promise<{ readonly measured: Measured; readonly server: string }> {
  const cleanUps: (() => unknown)[] = [];
  const defer: Ground["defer"] = (cleanUp) => void cleanUps.push(cleanUp);
  try {
    const server = await startRedis({ own: true });
    defer(() => server.stop());
    const redis = new Redis(server.url);
    defer(() => redis.disconnect());
    const moonpath = createMoonpath(redis, { namespace: NAMESPACE, deadlineMs: 60_000 });
    defer(() => moonpath.close());
    await moonpath.ready();
    const measured = await measure({
      server,
      redis,
      moonpath,
      acme: moonpath.tenant(TENANT),
      isQuick,
      pool: once(() => startPool(defer)),
      start: starter(defer, server.url),
      defer,
      progress,
    });
    return { measured, server: `${server.engine === "valkey" ? "Valkey" : "Redis"} ${server.version}` };
  } finally {
    await endAll(cleanUps);
  }
}

/** Ends everything, even if something cannot be ended. */
async function endAll(cleanUps: readonly (() => unknown)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const cleanUp of cleanUps.toReversed()) {
    try {
      await cleanUp();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, "a process or a server could not be ended");
}

function starter(defer: Ground["defer"], ownUrl: string): Ground["start"] {
  const bundled = once(async () => {
    const bundle = await bundleWorker();
    defer(() => bundle.remove());
    return bundle;
  });
  return async (names, url = ownUrl) => {
    const { file } = await bundled();
    const sides: Side[] = [];
    for (const name of names) {
      const process = await startContestant(file, name, url);
      defer(() => process.stop());
      sides.push({ name, process });
    }
    return sides;
  };
}

async function startPool(defer: Ground["defer"]): Promise<Pool> {
  const postgres = await startPostgres();
  defer(() => postgres.stop());
  const pool = new Pool({ connectionString: postgres.url });
  // The pool's connections may still be ending when the server stops.
  pool.on("error", () => {});
  defer(() => pool.end());
  return pool;
}

function once<Value>(work: () => Promise<Value>): () => Promise<Value> {
  let started: Promise<Value> | undefined;
  return () => {
    started ??= work();
    return started;
  };
}
