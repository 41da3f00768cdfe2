import { describe, expect, test } from "vitest";
import { memoryL1 } from "../../src/cache/l1/memory-l1.js";
import { type CacheMaker, createMoonpath, type Moonpath } from "../../src/index.js";
import { type CacheReport, collectFigures, type FiguresOptions, readReport } from "../../src/tuning/index.js";
import { openMoonpath, openProcesses, openTwo } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { sharedCluster, sharedRedis } from "../support/redis.js";
import { eventually } from "../support/wait.js";

const PATTERN = "product:<product>";
const lamp = { product: "lamp" };

/** Figures that are published when the test asks for it. */
function figuresOf(client: CacheMaker, options: FiguresOptions = {}) {
  const errors: Error[] = [];
  const figures = collectFigures(client, {
    publishMs: 600_000,
    onError: (error) => errors.push(error),
    ...options,
  });
  afterTest(async () => {
    await figures.stop();
    expect(errors).toEqual([]);
  });
  return figures;
}

/** A cache whose source returns what the test says. */
function productsOf(
  moonpath: Moonpath,
  figures: ReturnType<typeof figuresOf>,
  load: (product: string) => unknown,
  freshMs = 600_000,
) {
  return moonpath
    .cache({
      pattern: PATTERN,
      freshMs,
      jitter: 0,
      earlyRefresh: 0,
      cacheTimeoutMs: 5_000,
      load: async ({ product }) => JSON.stringify(load(String(product))),
      figures,
    })
    .tenant("acme");
}

async function reportOf(figures: ReturnType<typeof figuresOf>): Promise<CacheReport> {
  await figures.publish();
  const [report] = await figures.report();
  if (!report) throw new Error("there is a report");
  return report;
}

const names = Array.from({ length: 60 }, (_, number) => `p${number}`);

for (const [name, connect] of [
  ["a single server", sharedRedis],
  ["a cluster", sharedCluster],
] as const) {
  describe(`figures on ${name}`, () => {
    test("have each request by its answer, loads, and bytes", async () => {
      const moonpath = await openMoonpath({}, connect());
      const figures = figuresOf(moonpath);
      const acme = productsOf(moonpath, figures, () => "x".repeat(98));
      await acme.getOrLoad(lamp);
      await eventually("it is stored", async () => expect(await acme.exists(lamp)).toBe(true));
      for (let hit = 0; hit < 8; hit++) await acme.getOrLoad(lamp);
      const report = await reportOf(figures);
      expect(report).toMatchObject({ pattern: PATTERN, processes: 1, loads: 1, meanBytes: 104 });
      // `exists` counts as well, and may come before the value is stored.
      expect(report.hitShare * report.requests).toBeGreaterThanOrEqual(8);
      expect(report.requests).toBeGreaterThanOrEqual(9);
    });

    test("say that a longer time saves loads, if they bring the same value again", async () => {
      const moonpath = await openMoonpath({}, connect());
      const figures = figuresOf(moonpath);
      const acme = productsOf(moonpath, figures, (product) => product, 40);
      const loadAll = () => Promise.all(names.map((product) => acme.getOrLoad({ product })));
      await eventually("50 loads are compared", async () => {
        for (let round = 0; round < 5; round++) await loadAll();
        expect((await reportOf(figures)).comparedLoads).toBeGreaterThan(60);
      });
      const report = await reportOf(figures);
      expect(report.sameValueShare).toBe(1);
      expect(report.oldAnswerShare).toBe(0);
      expect(report.advice.join()).toMatch(
        /^product:<product>: 100 % of loads brought the same value\. A fresh time of 480 ms instead of 40 ms saves [\d,]+ loads an hour/,
      );
    });

    test("say that answers are old, if each load brings another value", async () => {
      const moonpath = await openMoonpath({}, connect());
      const figures = figuresOf(moonpath);
      let version = 0;
      const acme = productsOf(moonpath, figures, () => version++, 40);
      await eventually("50 loads are compared", async () => {
        for (let round = 0; round < 5; round++)
          await Promise.all(names.map((product) => acme.getOrLoad({ product })));
        expect((await reportOf(figures)).comparedLoads).toBeGreaterThan(60);
      });
      const report = await reportOf(figures);
      expect(report.sameValueShare).toBe(0);
      expect(report.oldAnswerShare).toBeGreaterThan(0.1);
      expect(report.advice.join()).toContain("% of answers are older than the source");
    });

    test("say that entries were invalidated before they were read", async () => {
      const moonpath = await openMoonpath({}, connect());
      const figures = figuresOf(moonpath);
      const acme = productsOf(moonpath, figures, () => "x".repeat(1_000));
      for (let round = 0; round < 2; round++) {
        await acme.warm(names.map((product) => ({ product })));
        for (const product of names) await acme.invalidate({ product });
      }
      await acme.warm(names.map((product) => ({ product })));
      await eventually("60 entries have ended", async () => {
        expect((await reportOf(figures)).endedEntries).toBeGreaterThanOrEqual(60);
      });
      const report = await reportOf(figures);
      expect(report.unreadShare).toBe(1);
      expect(report.removedUnreadShare).toBe(1);
      // What an invalidation has removed was not too short-lived.
      expect(report.comparedLoads).toBe(0);
      expect(report.advice.join()).toContain(
        "100 % of entries were invalidated, overwritten or evicted before they were read",
      );
    });
  });
}

describe("figures of several processes", () => {
  test("are added, and an entry that another process has read is not unread", async () => {
    const [one, other] = await openTwo();
    const figures = [figuresOf(one), figuresOf(other)] as const;
    const caches = [
      productsOf(one, figures[0], (product) => product),
      productsOf(other, figures[1], (product) => product),
    ] as const;
    await caches[0].warm(names.map((product) => ({ product })));
    for (const product of names)
      await eventually(`${product} is stored`, async () =>
        expect(await caches[0].exists({ product })).toBe(true),
      );
    const before = await reportOf(figures[0]);
    // The reads of `exists` count for the process that has filled the entries, so a second fill does not
    // have them.
    for (const product of names) await caches[0].invalidate({ product });
    await caches[0].warm(names.map((product) => ({ product })));
    await Promise.all(names.map((product) => caches[1].getOrLoad({ product })));
    for (const product of names) await caches[0].invalidate({ product });
    await caches[0].warm(names.map((product) => ({ product })));
    await eventually("the last fills are counted", async () => {
      expect((await reportOf(figures[0])).endedEntries).toBeGreaterThanOrEqual(120);
    });
    const alone = await reportOf(figures[0]);
    await figures[1].publish();
    const [both] = await figures[0].report();
    expect(both?.processes).toBe(2);
    expect(both?.requests).toBe(alone.requests + names.length);
    expect(before.processes).toBe(1);
    expect(alone.unreadShare).toBeGreaterThan(0.4);
    expect(both?.unreadShare).toBeLessThan(0.1);
  });

  test("find places of their own, and leave when they stop", async () => {
    const processes = await openProcesses(5);
    const all = processes.map((moonpath) => {
      const figures = figuresOf(moonpath);
      productsOf(moonpath, figures, () => 1);
      return figures;
    });
    const [first] = all;
    if (!first) throw new Error("there are five");
    for (let round = 0; round < 3; round++) await Promise.all(all.map((figures) => figures.publish()));
    expect((await first.report())[0]?.processes).toBe(5);
    await Promise.all(all.slice(1).map((figures) => figures.stop()));
    expect((await first.report())[0]?.processes).toBe(1);
  });
});

describe("the hottest keys", () => {
  test("are named to those whom mayReadKeys allows", async () => {
    const moonpath = await openMoonpath();
    const figures = figuresOf(moonpath, { sampleEvery: 1, mayReadKeys: async (by) => by === "ann" });
    const acme = productsOf(moonpath, figures, (product) => product);
    await acme.warm(names.map((product) => ({ product })));
    for (let hit = 0; hit < 50; hit++) await acme.getOrLoad({ product: "p7" });
    await figures.publish();
    expect(await figures.hottestKeys({ by: "bob" })).toEqual({ outcome: "refused" });
    const answer = await figures.hottestKeys({ by: "ann", most: 1 });
    expect(answer).toMatchObject({ outcome: "read", keys: [{ tenant: "acme", entry: "product:p7" }] });
    if (answer.outcome === "read") expect(answer.keys[0]?.requests).toBeGreaterThanOrEqual(50);
    expect((await readReport(moonpath, 1)).keys[0]?.entry).toBe("product:p7");
  });

  test("are neither counted nor published without mayReadKeys", async () => {
    const moonpath = await openMoonpath();
    const figures = figuresOf(moonpath, { sampleEvery: 1 });
    const acme = productsOf(moonpath, figures, (product) => product);
    for (let hit = 0; hit < 20; hit++) await acme.getOrLoad(lamp);
    await figures.publish();
    expect(await figures.hottestKeys({ by: "ann" })).toEqual({ outcome: "refused" });
    expect(JSON.stringify(await figures.readAll())).not.toContain("lamp");
  });
});

test("hits in L1 count, with their ages", async () => {
  const moonpath = await openMoonpath({ cache: { l1: memoryL1() } });
  const figures = figuresOf(moonpath, { sampleEvery: 1 });
  const acme = productsOf(moonpath, figures, (product) => product);
  await eventually("L1 has answered", async () => {
    for (let hit = 0; hit < 20; hit++) await acme.getOrLoad(lamp);
    await figures.publish();
    const [one] = await figures.readAll();
    expect(one?.caches[0]?.recent.counts.l1Hits).toBeGreaterThan(10);
    expect(one?.caches[0]?.recent.lists.ages[0]).toBeGreaterThan(10);
  });
});

test("batches of loadMany are one load time", async () => {
  const moonpath = await openMoonpath();
  const figures = figuresOf(moonpath);
  const acme = moonpath
    .cache({ pattern: PATTERN, freshMs: 600_000, loadMany: async (list) => list.map(() => "x"), figures })
    .tenant("acme");
  await acme.getMany(names.map((product) => ({ product })));
  const report = await reportOf(figures);
  expect(report.loads).toBe(names.length);
  expect(report.meanLoadMs * names.length).toBeLessThan(1_000);
});

describe("wrong arguments", () => {
  const redis = sharedRedis();
  const client = createMoonpath(redis);
  const wrong = (options: object) => () => Reflect.apply(collectFigures, undefined, [client, options]);

  test.each([
    [{ publishMs: 1 }, "publishMs"],
    [{ sampleEvery: 0 }, "sampleEvery"],
    [{ maxTrackedKeys: 1.5 }, "maxTrackedKeys"],
    [{ mayReadKeys: true }, "mayReadKeys"],
    [{ publishMS: 10_000 }, "publishMS"],
  ])("%j is refused", (options, name) => {
    expect(wrong(options)).toThrow(name);
  });

  test("tuning needs figures, and limits around freshMs", () => {
    const figures = collectFigures(client);
    const make = (more: object) => () =>
      Reflect.apply(client.cache, undefined, [{ pattern: "a:<b>", freshMs: 1_000, ...more }]);
    const tuning = { minFreshMs: 100, maxFreshMs: 10_000, oldAnswerCostMs: 1 };
    expect(make({ tuning })).toThrow("figures");
    expect(make({ figures: {} })).toThrow("figures");
    expect(make({ figures, tuning: { ...tuning, minFreshMs: 1_001 } })).toThrow("tuning.minFreshMs");
    expect(make({ figures, tuning: { ...tuning, maxFreshMs: 999 } })).toThrow("tuning.maxFreshMs");
    expect(make({ figures, tuning: { ...tuning, oldAnswerCostMs: -1 } })).toThrow("tuning.oldAnswerCostMs");
    expect(make({ figures, tuning: { ...tuning, more: 1 } })).toThrow("tuning.more");
    make({ figures, tuning })();
    expect(make({ figures })).toThrow("one cache of each pattern");
  });
});
