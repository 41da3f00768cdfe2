import { describe, expect, test } from "vitest";
import { createWriteBehind, createWriteQueue } from "../../src/writebehind/index.js";
import { GatedLoader, openMoonpath } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { eventually } from "../support/wait.js";

const lamp = { product: "lamp" };
const definition = { pattern: "product:<product>", freshMs: 60_000, cacheTimeoutMs: 10_000 } as const;

describe("close of a cache", () => {
  test("waits for a load and its fill", async () => {
    const moonpath = await openMoonpath();
    const loader = new GatedLoader<number>();
    const cache = moonpath.cache({ ...definition, load: loader.load });
    const acme = cache.tenant("acme");
    expect(await cache.close()).toEqual({ running: 0 });
    const answer = acme.getOrLoad(lamp);
    await loader.started(0);
    let isClosed = false;
    const closing = cache.close().then((result) => {
      isClosed = true;
      return result;
    });
    expect(await cache.close({ graceMs: 0 })).toEqual({ running: 1 });
    expect(isClosed).toBe(false);
    await loader.returns(0, 7);
    expect(await answer).toBe(7);
    expect(await closing).toEqual({ running: 0 });
    expect(await acme.get(lamp)).toBe(7);
  });

  test("ends with the time, and names what still runs; a load that fails ends it too", async () => {
    const moonpath = await openMoonpath();
    const loader = new GatedLoader<number>();
    const cache = moonpath.cache({ ...definition, load: loader.load });
    const answer = cache.tenant("acme").getOrLoad(lamp);
    await loader.started(0);
    expect(await cache.close({ graceMs: 1 })).toEqual({ running: 1 });
    const closing = cache.close();
    await loader.throws(0, new Error("the database is away"));
    await expect(answer).rejects.toThrow("the database is away");
    expect(await closing).toEqual({ running: 0 });
    await expect(cache.close({ graceMs: -1 })).rejects.toMatchObject({ code: "ARGUMENT" });
  });

  test("waits for a refresh of a stale value", async () => {
    const moonpath = await openMoonpath();
    const loader = new GatedLoader<number>();
    const cache = moonpath.cache({ ...definition, staleMs: 60_000, load: loader.load });
    const acme = cache.tenant("acme");
    await acme.set(lamp, 1);
    await acme.expire(lamp);
    expect(await acme.getOrLoad(lamp)).toBe(1);
    await loader.started(0);
    expect(await cache.close({ graceMs: 1 })).toEqual({ running: 1 });
    const closing = cache.close();
    await loader.returns(0, 2);
    expect(await closing).toEqual({ running: 0 });
    expect(await acme.get(lamp)).toBe(2);
  });

  test("begins no more refreshes, and stale values are still answered", async () => {
    const moonpath = await openMoonpath();
    let loads = 0;
    const cache = moonpath.cache({ ...definition, staleMs: 60_000, load: async () => ++loads });
    const acme = cache.tenant("acme");
    await acme.set(lamp, 0);
    await acme.expire(lamp);
    await cache.close();
    expect(await acme.getOrLoad(lamp)).toBe(0);
    expect(await acme.getOrLoad(lamp)).toBe(0);
    expect(await acme.getOrLoad({ product: "vase" })).toBe(1);
    expect(await cache.close()).toEqual({ running: 0 });
    expect(loads).toBe(1);
  });
});

describe("flushPendingWrites of a cache", () => {
  test("brings the queued writes to the database, by the worker of the process", async () => {
    const moonpath = await openMoonpath();
    const queue = createWriteQueue(moonpath, { name: "products" });
    const cache = moonpath.cache({ ...definition, writeBehind: queue, load: async () => 0 });
    const acme = cache.tenant("acme");
    await acme.writeBehind(lamp, 5);
    await expect(acme.flushPendingWrites()).rejects.toMatchObject({ code: "ARGUMENT" });
    const found: (number | undefined)[] = [];
    const worker = createWriteBehind(queue.tenant("acme"), {
      flushMs: 3_600_000,
      cache: moonpath.tenant("acme").cache,
      apply: async ({ writes }) => {
        found.push(...writes.map(cache.decodeWrite));
        return { refused: [] };
      },
    });
    worker.start();
    afterTest(() => worker.stop());
    await eventually("the first flush has ended", () => expect(found).toEqual([5]));
    await acme.writeBehind(lamp, 6);
    await acme.writeBehind({ product: "vase" }, 7);
    expect(await acme.flushPendingWrites()).toMatchObject({ writes: 2, failed: [] });
    expect(found.slice(1).sort()).toEqual([6, 7]);
    await expect(cache.tenant("other").flushPendingWrites()).rejects.toMatchObject({ code: "ARGUMENT" });
    await worker.stop();
    await expect(acme.flushPendingWrites()).rejects.toMatchObject({ code: "ARGUMENT" });
  });

  test("needs a queue", async () => {
    const moonpath = await openMoonpath();
    const acme = moonpath.cache({ ...definition, load: async () => 0 }).tenant("acme");
    await expect(acme.flushPendingWrites()).rejects.toMatchObject({ code: "ARGUMENT" });
  });
});
