import * as fc from "fast-check";
import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { cacheScripts, hour } from "../../support/cache/scripts.js";
import { checkModel, freshName, modelLimitMs } from "../../support/lua/property.js";

const { redis, scope, quota } = await cacheScripts();

interface Counted {
  readonly entry: string;
  readonly bytes: number;
  readonly number: number;
}

/** One shard, without entries that end: the oldest first. */
class UsageModel {
  counted: Counted[] = [];
  /** Undefined if the script takes its clock. */
  #last: number | undefined;

  /** `replied` is what the script has replied as the number. */
  count(entry: string, bytes: number, limits: Limits, refuses: boolean, replied: number): object {
    const { maxEntries = Number.POSITIVE_INFINITY, maxBytes = Number.MAX_SAFE_INTEGER } = limits;
    const old = this.counted.find((one) => one.entry === entry);
    const others = this.counted.filter((one) => one !== old);
    const isOver = () => others.length + 1 > maxEntries || sumOf(others) + bytes > maxBytes;
    const evicted: string[] = [];
    while (!refuses && bytes <= maxBytes && others.length > 0 && evicted.length < 8 && isOver()) {
      evicted.push(...others.splice(0, 1).map((oldest) => oldest.entry));
    }
    if (isOver()) {
      this.counted = this.counted.filter((one) => !evicted.includes(one.entry));
      return { outcome: "full", evicted, number: old?.number ?? 0 };
    }
    const number = this.#last === undefined ? replied : this.#last + 1;
    this.#last = number;
    this.counted = [...others, { entry, bytes, number }];
    // An older value of it may still be stored, so the caller must not forget it.
    return { outcome: "counted", evicted, number: old ? 0 : number };
  }

  numberOf(entry: string): number | undefined {
    return this.counted.find((one) => one.entry === entry)?.number;
  }

  forget(entry: string, number: number | undefined): object {
    const known = this.numberOf(entry);
    if (known === undefined) return { outcome: "unknown" };
    if (number !== undefined && number !== known) return { outcome: "recounted" };
    this.counted = this.counted.filter((one) => one.entry !== entry);
    return { outcome: "forgotten" };
  }

  reset(): object {
    const outcome = this.counted.length > 0 ? "reset" : "empty";
    this.counted = [];
    this.#last = undefined;
    return { outcome };
  }
}

interface Limits {
  readonly maxEntries: number | undefined;
  readonly maxBytes: number | undefined;
}

const sumOf = (list: readonly { readonly bytes: number }[]) =>
  list.reduce((sum, { bytes }) => sum + bytes, 0);

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
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("forget" as const),
      entry,
      number: fc.constantFrom("any" as const, "current" as const, "older" as const),
    }),
  },
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
          const reply = await quota.count(args);
          expect(reply, title).toEqual(model.count(counted, bytes, limits, refuses, reply.number));
          break;
        }
        case "forget": {
          const current = model.numberOf(step.entry) ?? 1;
          const number = { any: undefined, current, older: current - 1 }[step.number];
          expect(await quota.forget({ usageShard, entry: step.entry, number }), title).toEqual(
            model.forget(step.entry, number),
          );
          break;
        }
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
