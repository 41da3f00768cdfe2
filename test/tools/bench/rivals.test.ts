import * as fc from "fast-check";
import { expect, test } from "vitest";
import model from "../../../generated/model.json" with { type: "json" };
import { cases } from "../../../tools/bench/scripts/cases/index.js";
import { readRivals } from "../../../tools/bench/scripts/rivals.js";
import { histories, scriptNamed } from "../../support/lua/histories/history.js";
import { type Difference, firstDifference } from "../../support/lua/histories/run.js";
import { seedsFrom } from "../../support/lua/seeds.js";
import { sharedRedis } from "../../support/redis.js";

/** How many histories each rival runs by each seed. `RIVAL_RUNS=1000` runs more. */
const runs = Number(process.env["RIVAL_RUNS"] ?? 8);
const limitMs = Math.max(240_000, runs * 2_000);

const rivals = readRivals();

test.each(rivals)("the rival of $script answers and stores the same", { timeout: limitMs }, async (rival) => {
  scriptNamed(rival.script);
  const { fixed, random } = seedsFrom(process.env["MODEL_SEEDS"]);
  for (const seed of random ? [...fixed, Math.floor(Math.random() * 2 ** 31)] : fixed) {
    await assertSame(rival.script, rival.lua, seed);
  }
});

test("a rival that forgets its operation is found", async () => {
  const add = rivals.find(({ script }) => script === "views.add");
  const forgetful = add?.lua.replace(
    'redis.call("SET", KEYS[2], "counted", "NX", "GET", "PX", remember)',
    "false",
  );
  expect(forgetful).not.toBe(add?.lua);
  await expect(assertSame("views.add", forgetful ?? "", 1)).rejects.toThrow("state");
});

test("a rival that lacks a check of an argument is found", async () => {
  const add = rivals.find(({ script }) => script === "views.add");
  const lax = add?.lua.replace("views < 1 or views > 9000000000000000 or views % 1 ~= 0", "false");
  expect(lax).not.toBe(add?.lua);
  await expect(assertSame("views.add", lax ?? "", 1)).rejects.toThrow("reply");
});

test("every script has a usual path and its limit in the bench", () => {
  const without = model.scripts
    .map(({ name }) => name)
    .filter((name) => {
      const own = cases.filter(({ script }) => script === name);
      return !own.some(({ atLimit }) => atLimit) || own.every(({ atLimit }) => atLimit);
    });
  expect(without).toEqual([]);
});

async function assertSame(script: string, lua: string, seed: number): Promise<void> {
  const redis = sharedRedis();
  await fc.assert(
    fc.asyncProperty(histories(script), async (history) => {
      const found = await firstDifference(redis, history, script, lua);
      if (found !== undefined)
        throw new Error(`another ${found.what} than the generated script: ${shown(found)}`);
    }),
    { numRuns: runs, seed, includeErrorInReport: true },
  );
}

function shown({ step, generated, other }: Difference): string {
  return [step, generated, other].map((part) => JSON.stringify(part)).join("\n");
}
