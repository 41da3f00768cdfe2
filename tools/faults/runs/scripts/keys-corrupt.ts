import * as fc from "fast-check";
import type { Redis } from "ioredis";
import { createMoonpath, MoonpathError, type Tenant } from "../../../../src/index.js";
import { send } from "../../../../test/support/lua/commands.js";
import type { Sample } from "../../../../test/support/lua/sample.js";
import { samples } from "../../../../test/support/lua/samples/index.js";
import type { Fault } from "../../fault.js";
import { connect, ownServer } from "../../support/connections.js";
import { type Corruption, corrupt, corruptions, dumpAll } from "../../support/corrupt-keys.js";
import { formatNumber, runConcurrently } from "../../support/run-concurrently.js";

/** Each call has its own database, so that the run can compare all of it. */
const WORKERS = 8;
const CONTROLS = 100;

/** Errors that say that a key has a wrong type or corrupt data, and that nothing was written. */
const named: readonly string[] = ["WRONG_TYPE", "CORRUPT"];

/** Every script runs on keys of other types and with corrupt contents. */
export const keysCorrupt: Fault = {
  id: 18,
  name: "Keys of a wrong type and corrupt keys, for every script",
  async run(run) {
    const server = await ownServer(run);
    const namespace = run.name();
    const workers = Array.from({ length: WORKERS }, (_, db) => {
      const redis = connect(run, server, { db });
      const moonpath = createMoonpath(redis, { namespace, deadlineMs: 20_000 });
      run.onClose(moonpath, () => moonpath.close());
      return { redis, tenant: moonpath.tenant("shop"), namespace };
    });
    const calls = run.size({ full: 100_000, quick: 2_000 });
    const seed = Number.parseInt(namespace.slice(-7), 16);
    const spoiled = fc.sample(corruptions, { numRuns: calls, seed });
    const [partial, unnamed]: [string[], string[]] = [[], []];
    let [answered, refused] = [0, 0];
    await runConcurrently(run, { count: calls, workers: WORKERS }, async (index, own) => {
      const worker = workers[own];
      const sample = samples[index % samples.length];
      const how = spoiled[index];
      if (!worker || !sample || !how) return;
      const { error, changed } = await meet(worker, sample, how);
      if (error === undefined) answered++;
      else refused++;
      const what = `${sample.script} ${error ?? ""} after ${JSON.stringify(how)}`;
      if (error !== undefined && changed) partial.push(what);
      if (error !== undefined && !named.includes(error)) unnamed.push(what);
    });
    const plain = await writePlainly(connect(run, server, { db: WORKERS }));
    const [worst] = [...partial, ...unnamed];
    return {
      size: `${formatNumber(calls)} calls of ${samples.length} scripts on damaged keys, seed ${seed}: ${formatNumber(answered)} answered, ${formatNumber(refused)} refused`,
      figure: `${partial.length} partial writes, ${unnamed.length} unnamed errors`,
      control: `a script with SET and then HSET on a key that is no hash: ${plain} partial writes in ${CONTROLS} calls`,
      ok: partial.length === 0 && unnamed.length === 0 && answered > 0 && refused > 0 && plain > 0,
      ...(worst === undefined ? {} : { note: worst.slice(0, 400) }),
    };
  },
};

interface Hand {
  readonly redis: Redis;
  readonly tenant: Tenant;
  readonly namespace: string;
}

/** Calls a script on damaged keys, and returns how the call ended. */
async function meet(
  { redis, tenant, namespace }: Hand,
  sample: Sample,
  how: readonly Corruption[],
): Promise<{ readonly error: string | undefined; readonly changed: boolean }> {
  await redis.flushdb();
  const keys = sample.keysOf({ namespace, tenant: "shop" }, "thing");
  await send(redis, keys, sample.given);
  for (const spoiling of how) {
    const chosen = sample.keys[spoiling.key % sample.keys.length];
    const key = chosen && keys[chosen.name];
    if (chosen && key !== undefined) await corrupt(redis, { key, holds: chosen.holds }, spoiling);
  }
  const before = await dumpAll(redis);
  const error = await sample.call(tenant, "thing").then(
    () => undefined,
    (cause: unknown) => (cause instanceof MoonpathError ? cause.code : "no code"),
  );
  return { error, changed: (await dumpAll(redis)) !== before };
}

/** The control script writes before it checks. Returns how often its error left a write behind. */
async function writePlainly(redis: Redis): Promise<number> {
  const script = 'redis.call("SET", KEYS[1], 1) redis.call("HSET", KEYS[2], "total", 1)';
  let left = 0;
  for (let call = 0; call < CONTROLS; call++) {
    await redis.flushdb();
    await redis.set("{x}:stock", "foreign");
    const failed = await redis.eval(script, 2, "{x}:operation", "{x}:stock").then(
      () => false,
      () => true,
    );
    if (failed && (await redis.exists("{x}:operation"))) left++;
  }
  return left;
}
