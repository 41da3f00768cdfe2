import * as fc from "fast-check";
import { expect, test } from "vitest";
import { scripts } from "../../../src/index.js";
import { callSpecs, specsOf } from "../../support/lua/calls/index.js";
import { History, histories, LateCallError, type Step } from "../../support/lua/late/history.js";
import { knownToFail } from "../../support/lua/late/known-to-fail.js";
import { seedsFrom } from "../../support/lua/seeds.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

const redis = sharedRedis();
/** Prints the steps of each script, and the shortest history of those that are known to fail. */
const isFullRun = process.env["MODEL_STEPS"] !== undefined;
const seeds = seedsFrom(process.env["MODEL_SEEDS"]);

const all = Object.values(scripts).flatMap((operations) => Object.values(operations));
const writing = all.filter(({ writes }) => writes).map(({ name }) => name);

/** How many steps each script gets: its share of those of all scripts. */
const share = Math.ceil(Number(process.env["MODEL_STEPS"] ?? 3_000) / writing.length);
/** A script that is known to fail must do so within so many steps. */
const untilFailure = Math.max(share, 30_000);
const historiesPerSeed = 3;

interface Outcome {
  readonly steps: number;
  readonly late: number;
  /** A history that failed: the shortest, if it was shortened. */
  readonly failure: string | undefined;
}

/** Tries histories until one fails or `limit` steps were made. */
async function tryHistories(script: string, limit: number, shortens: boolean): Promise<Outcome> {
  const steps = histories(script, specsOf(script.slice(0, script.indexOf("."))));
  const tried = { steps: 0, late: 0 };
  const property = fc.asyncProperty(steps, async (history: readonly Step[]) => {
    const scope = { namespace: freshNamespace(), tenant: "acme" };
    tried.late += await History.run(redis, scope, script, history);
    tried.steps += history.length;
  });
  const fixed = [...seeds.fixed];
  while (fixed.length > 0 || (seeds.random && tried.steps < limit)) {
    const seed = fixed.shift() ?? Math.floor(Math.random() * 2 ** 31);
    const result = await fc.check(property, { seed, numRuns: historiesPerSeed, endOnFailure: !shortens });
    if (!result.failed) continue;
    const error = result.errorInstance;
    if (!(error instanceof LateCallError)) throw error;
    return { ...tried, failure: `${error.message}\nMODEL_SEEDS=${seed}` };
  }
  return { ...tried, failure: undefined };
}

const timeout = Math.max(60_000, untilFailure * 20);

test.each(writing)("%s: a late duplicate changes nothing", { timeout }, async (script) => {
  const specs = callSpecs.filter((spec) => spec.script === script);
  expect(specs, "describe its random calls in test/support/lua/calls").toHaveLength(1);
  const reason = knownToFail[script];
  const { steps, late, failure } =
    reason === undefined
      ? await tryHistories(script, share, true)
      : await tryHistories(script, untilFailure, isFullRun);
  if (isFullRun) console.log(`${script}: ${steps} steps, ${late} late copies`);
  if (failure !== undefined && reason === undefined) throw new LateCallError(failure);
  if (failure !== undefined && isFullRun) console.log(failure);
  if (reason !== undefined)
    expect(failure, `${script} passes: remove it from known-to-fail.ts`).toBeDefined();
});

test("only scripts that exist are known to fail", () => {
  expect(writing).toEqual(expect.arrayContaining(Object.keys(knownToFail)));
});
