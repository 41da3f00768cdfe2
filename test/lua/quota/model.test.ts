import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { cacheScripts, hour } from "../../support/cache/scripts.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";

const { redis, scope, quota } = await cacheScripts();

interface Counted {
  readonly entry: string;
  readonly bytes: number;
}

/** One shard, without entries that end: the oldest first. */
class UsageModel {
  counted: Counted[] = [];

  count(entry: string, bytes: number, limits: Limits, refuses: boolean): object {
    const others = this.counted.filter((one) => one.entry !== entry);
    const isOver = (list: readonly Counted[]) =>
      list.length + 1 > (limits.maxEntries ?? Number.POSITIVE_INFINITY) ||
      sumOf(list) + bytes > (limits.maxBytes ?? Number.POSITIVE_INFINITY);
    if (refuses && isOver(others)) return { outcome: "full" };
    const evicted: string[] = [];
    while (!refuses && others.length > 0 && evicted.length < 8 && isOver(others)) {
      const oldest = others.shift();
      if (oldest) evicted.push(oldest.entry);
    }
    this.counted = [...others, { entry, bytes }];
    return { outcome: "counted", evicted };
  }

  forget(entry: string): object {
    const isKnown = this.counted.some((one) => one.entry === entry);
    this.counted = this.counted.filter((one) => one.entry !== entry);
    return { outcome: isKnown ? "forgotten" : "unknown" };
  }

  reset(): object {
    const outcome = this.counted.length > 0 ? "reset" : "empty";
    this.counted = [];
    return { outcome };
  }
}

interface Limits {
  readonly maxEntries: number | undefined;
  readonly maxBytes: number | undefined;
}

const sumOf = (list: readonly Counted[]) => list.reduce((sum, { bytes }) => sum + bytes, 0);

const entry = fc.integer({ min: 0, max: 29 }).map((number) => `entry-${number}`);
const option = (max: number) => fc.option(fc.integer({ min: 0, max }), { nil: undefined });
const command = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant("count" as const),
      entry,
      bytes: fc.integer({ min: 0, max: 100 }),
      maxEntries: option(25),
      maxBytes: option(1_500),
      refuses: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("forget" as const), entry }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reset" as const) }) },
);

test("the scripts of quotas agree with their model", { timeout: modelLimitMs }, async () => {
  let shards = 0;
  const name = freshName();
  await checkModel(command, async (commands) => {
    const usageShard = String(shards++ % 1_000);
    await quota.reset({ usageShard });
    const model = new UsageModel();
    for (const step of commands) {
      const title = `${name} ${JSON.stringify(step)}`;
      switch (step.do) {
        case "count": {
          const { entry: counted, bytes, maxEntries, maxBytes, refuses } = step;
          const limits = { maxEntries, maxBytes };
          const args = { usageShard, entry: counted, bytes, keepMs: hour, ...limits, refuses };
          expect(await quota.count(args), title).toEqual(model.count(counted, bytes, limits, refuses));
          break;
        }
        case "forget":
          expect(await quota.forget({ usageShard, entry: step.entry }), title).toEqual(
            model.forget(step.entry),
          );
          break;
        case "reset":
          expect(await quota.reset({ usageShard }), title).toEqual(model.reset());
          break;
      }
      const { counted } = model;
      expect(await quota.read({ usageShard }), title).toEqual({
        entries: counted.length,
        bytes: sumOf(counted),
      });
      const names = await redis.zrange(keys.cacheUsage(scope, usageShard), "0", "-1");
      expect(names, title).toEqual(counted.map((one) => one.entry));
      const fields = await redis.hkeys(keys.cacheSizes(scope, usageShard));
      expect(fields.filter((field) => field.startsWith("=")).sort(), title).toEqual(
        counted.map((one) => `=${one.entry}`).sort(),
      );
    }
  });
});
