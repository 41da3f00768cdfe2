import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { memoryL1 } from "../../../src/cache/l1/memory-l1.js";
import {
  type CacheEvent,
  type ConsistencyOptions,
  type MoonpathOptions,
  observeConsistency,
} from "../../../src/index.js";
import { prometheusObserver } from "../../../src/metrics/prometheus.js";
import { moment, openMoonpath } from "../../support/cache/kit.js";
import { afterTest } from "../../support/cleanup.js";
import { sharedCluster, sharedRedis } from "../../support/redis.js";
import { eventually } from "../../support/wait.js";

const lamp = { product: "lamp" };

/** A source whose value the test changes, and what the observer has reported of its cache. */
async function open(
  options: Partial<ConsistencyOptions> = {},
  client: MoonpathOptions = {},
  connect: typeof sharedRedis | typeof sharedCluster = sharedRedis,
) {
  const reports: (CacheEvent & { readonly kind: "consistency" })[] = [];
  const errors: Error[] = [];
  const source: { value: string | undefined; loads: number; running: number; most: number; fails: boolean } =
    {
      value: "old",
      loads: 0,
      running: 0,
      most: 0,
      fails: false,
    };
  const consistency = observeConsistency({ share: 1, onError: (error) => errors.push(error), ...options });
  afterTest(() => consistency.close());
  const moonpath = await openMoonpath(
    {
      observers: [{ onCache: (event) => void (event.kind === "consistency" && reports.push(event)) }],
      ...client,
    },
    connect(),
  );
  const acme = moonpath
    .cache({
      pattern: "product:<product>",
      freshMs: 600_000,
      staleMs: 600_000,
      negativeMs: 600_000,
      earlyRefresh: 0,
      cacheTimeoutMs: 5_000,
      tags: ["brand"],
      async load() {
        const { value } = source;
        source.loads++;
        source.most = Math.max(source.most, ++source.running);
        await moment(5);
        source.running--;
        if (source.fails) throw new Error("no database");
        return value;
      },
      consistency,
    })
    .tenant("acme");
  const durationsOf = (place: "l1" | "redis") =>
    reports.filter((report) => report.place === place).map(({ durationMs }) => durationMs);
  /** Stores the present value, and forgets what was reported until then. */
  const stored = async () => {
    await acme.getOrLoad(lamp);
    await eventually("the value is stored", async () => expect(await acme.exists(lamp)).toBe(true));
    await acme.getOrLoad(lamp);
    await eventually("it agrees", () => expect(durationsOf("redis").length).toBeGreaterThan(0));
    await quiet(source);
    reports.length = 0;
  };
  return { moonpath, acme, source, reports, errors, consistency, durationsOf, stored };
}

/** No comparison runs: the source is not asked for longer than the pause between two of them. */
async function quiet(source: { readonly loads: number }): Promise<void> {
  await eventually("no comparison runs", async () => {
    const { loads } = source;
    await moment(150);
    expect(source.loads).toBe(loads);
  });
}

for (const [name, connect] of [
  ["a single server", sharedRedis],
  ["a cluster", sharedCluster],
] as const) {
  describe(`observeConsistency on ${name}`, () => {
    test("reports for how long a forgotten invalidation left an old value", async () => {
      const { acme, source, durationsOf, stored } = await open({}, {}, connect);
      await stored();
      source.value = "new";
      const loads = source.loads;
      const readAt = performance.now();
      expect(await acme.getOrLoad(lamp)).toBe("old");
      await eventually("it disagrees again and again", () => expect(source.loads).toBeGreaterThan(loads + 3));
      expect(durationsOf("redis")).toEqual([]);
      const leastMs = performance.now() - readAt;
      await acme.invalidate(lamp);
      await eventually("it agrees", () => expect(durationsOf("redis").length).toBeGreaterThan(0));
      expect(Math.max(...durationsOf("redis"))).toBeGreaterThanOrEqual(leastMs - 1);
    });

    test("reports nothing above 0 if each write is invalidated", async () => {
      const { moonpath, acme, source, durationsOf, stored } = await open({}, {}, connect);
      await stored();
      for (let round = 0; round < 5; round++) {
        source.value = `new ${round}`;
        if (round % 2 === 0) expect(await acme.invalidate(lamp)).toBe("done");
        else expect(await moonpath.tenant("acme").cache.invalidateTags(["brand"])).toBe("done");
        expect(await acme.getOrLoad(lamp)).toBe(source.value);
        await quiet(source);
        await acme.getOrLoad(lamp);
        await quiet(source);
      }
      expect(durationsOf("redis").length).toBeGreaterThan(5);
      expect(Math.max(...durationsOf("redis"))).toBe(0);
    });
  });
}

describe("observeConsistency", () => {
  test("compares L1 and Redis, each by itself", async () => {
    const { acme, source, durationsOf, stored } = await open({}, { cache: { l1: memoryL1() } });
    await stored();
    await eventually("L1 has it", () => expect(acme.getOrLoad(lamp)).toBe(acme.getOrLoad(lamp)));
    await quiet(source);
    source.value = "new";
    const before = durationsOf("l1").length;
    await acme.getOrLoad(lamp);
    const { loads } = source;
    await eventually("it disagrees", () => expect(source.loads).toBeGreaterThan(loads + 2));
    expect(durationsOf("l1").length).toBe(before);
    await acme.invalidate(lamp);
    await eventually("both agree", () => {
      expect(Math.max(...durationsOf("l1"))).toBeGreaterThan(0);
      expect(Math.max(...durationsOf("redis"))).toBeGreaterThan(0);
    });
  });

  test("compares that the source has none, too", async () => {
    const { acme, source, durationsOf, stored } = await open();
    source.value = undefined;
    await acme.getOrLoad(lamp);
    await quiet(source);
    source.value = "new";
    await acme.getOrLoad(lamp);
    await moment(50);
    await acme.invalidate(lamp);
    await eventually("it agrees", () => expect(Math.max(...durationsOf("redis"))).toBeGreaterThan(0));
    await stored();
    source.value = undefined;
    expect(await acme.getOrLoad(lamp)).toBe("new");
    await moment(50);
    await acme.invalidate(lamp);
    await eventually("it agrees", () => expect(Math.max(...durationsOf("redis"))).toBeGreaterThan(0));
  });

  test("ends after watchMs, and exports the length", async () => {
    const register = new Registry();
    const { acme, source } = await open({ watchMs: 300 }, { observers: [prometheusObserver({ register })] });
    await acme.getOrLoad(lamp);
    await quiet(source);
    source.value = "new";
    await acme.getOrLoad(lamp);
    const bucket =
      'moonpath_cache_inconsistency_seconds_bucket{le="0.1",cache="product:<product>",place="redis"}';
    await eventually("it is exported", async () => {
      const lines = (await register.metrics()).split("\n");
      const countOf = (start: string) =>
        Number(
          lines
            .find((line) => line.startsWith(start))
            ?.split(" ")
            .at(-1),
        );
      const all = countOf(bucket.replace("_bucket", "_count").replace('le="0.1",', ""));
      expect(all - countOf(bucket)).toBe(1);
    });
    await quiet(source);
  });

  test("leaves out stale values, which callers accept", async () => {
    const { acme, source, durationsOf, stored } = await open();
    await stored();
    source.fails = true;
    await acme.expire(lamp);
    source.value = "new";
    expect(await acme.getOrLoad(lamp)).toBe("old");
    source.fails = false;
    await quiet(source);
    await acme.exists(lamp);
    expect(durationsOf("redis").filter((ms) => ms > 0)).toEqual([]);
  });

  test("tells of errors of the loader, and reports nothing then", async () => {
    const { acme, source, reports, errors, stored } = await open();
    await stored();
    source.fails = true;
    expect(await acme.getOrLoad(lamp)).toBe("old");
    await eventually("the error is told", () => expect(errors).toEqual([new Error("no database")]));
    expect(reports).toEqual([]);
  });

  test("tells of errors of the cache's own functions, and fails no call", async () => {
    const errors: Error[] = [];
    const consistency = observeConsistency({ share: 1, onError: (error) => errors.push(error) });
    afterTest(() => consistency.close());
    const wrong = new Error("no tags");
    const acme = (await openMoonpath())
      .cache({
        pattern: "product:<product>",
        freshMs: 600_000,
        tags: (): string[] => {
          throw wrong;
        },
        load: async () => "value",
        consistency,
      })
      .tenant("acme");
    expect(await acme.invalidate(lamp)).toBe("done");
    expect(errors).toEqual([wrong]);
    await expect(acme.getOrLoad(lamp)).rejects.toBe(wrong);
  });

  test("compares at most maxEntries at a time, and each entry once at a time", async () => {
    const { acme, source, consistency } = await open({ maxEntries: 2 });
    const list = Array.from({ length: 20 }, (_, product) => ({ product }));
    for (const fields of list) await acme.getOrLoad(fields);
    await quiet(source);
    source.most = 0;
    source.value = "new";
    await Promise.all([...list, ...list].map((fields) => acme.getOrLoad(fields)));
    await moment(200);
    expect(source.most).toBe(2);
    consistency.close();
    await quiet(source);
    const { loads } = source;
    await Promise.all(list.map((fields) => acme.getOrLoad(fields)));
    await quiet(source);
    expect(source.loads).toBe(loads);
  });

  test("does nothing with the share 0", async () => {
    const { acme, source, reports } = await open({ share: 0 });
    await acme.getOrLoad(lamp);
    for (let call = 0; call < 20; call++) await acme.getOrLoad(lamp);
    await quiet(source);
    expect(reports).toEqual([]);
  });

  test("refuses options that do not exist or are out of bounds", async () => {
    const make = (options: object) => () => observeConsistency({ share: 1, ...options });
    for (const share of [-0.1, 1.1, Number.NaN, "all"]) expect(make({ share })).toThrow("share");
    expect(make({ watch: 1 })).toThrow("watchMs");
    expect(make({ watchMs: 0 })).toThrow("watchMs");
    expect(make({ maxEntries: 1.5 })).toThrow("maxEntries");
    const moonpath = await openMoonpath();
    const consistency: object = {};
    const wrong: object = { pattern: "a", freshMs: 1, consistency };
    // @ts-expect-error the definition is not typed
    expect(() => moonpath.cache(wrong)).toThrow("observeConsistency");
  });
});
