import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import * as keys from "../../generated/ts/keys.js";
import { createMoonpath, type Moonpath } from "../../src/index.js";
import { redisFromUrl, startProxy } from "../../src/testing/index.js";
import { GatedLoader, openMoonpath, openTwo, thrownBy, timed } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { startOwn } from "../support/own-server.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";
import { eventually } from "../support/wait.js";

const lamp = { product: "lamp" };

function productsOf(moonpath: Moonpath, load: () => Promise<number>) {
  const errors: Error[] = [];
  const cache = moonpath.cache({
    pattern: "product:<product>",
    cacheTimeoutMs: 10_000,
    freshMs: 60_000,
    staleMs: 60_000,
    earlyRefresh: 0,
    tags: ["brand"],
    load,
    onError: (error) => errors.push(error),
  });
  return { acme: cache.tenant("acme"), errors };
}

describe("writeThrough", () => {
  test("stores what the write returns, for all processes", async () => {
    const [one, two] = await openTwo();
    const loader = new GatedLoader<number>();
    const [a, b] = [productsOf(one, loader.load), productsOf(two, loader.load)];
    expect(await a.acme.writeThrough(lamp, async () => 7)).toEqual({ value: 7, cache: "set" });
    expect(await b.acme.getOrLoad(lamp)).toBe(7);
    expect(loader.calls).toBe(0);
  });

  test("two at a time: neither sets, in any order of their ends", async () => {
    const [one, two] = await openTwo();
    const source = { value: 0 };
    const load = async () => source.value;
    const [a, b] = [productsOf(one, load), productsOf(two, load)];
    for (const order of [[0, 1] as const, [1, 0] as const]) {
      const gates = [new GatedLoader<number>(), new GatedLoader<number>()] as const;
      const first = a.acme.writeThrough(lamp, gates[0].load);
      await gates[0].started(0);
      const second = b.acme.writeThrough(lamp, gates[1].load);
      await gates[1].started(0);
      // The source has the value of the write that commits last.
      source.value += 1;
      for (const which of order) await gates[which].returns(0, source.value * 10 + which);
      const outcomes = [(await first).cache, (await second).cache];
      expect(outcomes).toEqual(["removed", "removed"]);
      expect(await a.acme.getOrLoad(lamp)).toBe(source.value);
      await eventually("it is stored", async () => expect(await b.acme.get(lamp)).toBe(source.value));
    }
  });

  test("a load that began before it does not come back, and none is stored during it", async () => {
    const [one, two] = await openTwo();
    const loader = new GatedLoader<number>();
    const held = new GatedLoader<number>();
    const [a, b] = [productsOf(one, loader.load), productsOf(two, loader.load)];
    const before = b.acme.getOrLoad(lamp);
    await loader.started(0);
    const writing = a.acme.writeThrough(lamp, held.load);
    await held.started(0);
    const during = b.acme.getOrLoad({ product: "lamp" });
    await loader.returns(0, 1);
    expect(await before).toBe(1);
    await loader.returns(1, 1);
    expect(await during).toBe(1);
    expect(await b.acme.exists(lamp)).toBe(false);
    await held.returns(0, 2);
    expect(await writing).toEqual({ value: 2, cache: "set" });
    expect(await b.acme.getOrLoad(lamp)).toBe(2);
  });

  for (const by of ["key", "tag", "tenant"] as const) {
    test(`an invalidation of the ${by} during the write: its value is not served`, async () => {
      const [one, two] = await openTwo();
      const held = new GatedLoader<number>();
      const load = async () => 3;
      const [a, b] = [productsOf(one, load), productsOf(two, load)];
      const writing = a.acme.writeThrough(lamp, held.load);
      await held.started(0);
      const { cache } = two.tenant("acme");
      if (by === "key") await b.acme.invalidate(lamp);
      if (by === "tag") await cache.invalidateTags(["brand"]);
      if (by === "tenant") await cache.invalidateAll();
      await held.returns(0, 2);
      await writing;
      expect(await a.acme.getOrLoad(lamp)).toBe(3);
      expect(await b.acme.getOrLoad(lamp)).toBe(3);
    });
  }

  test("a write that throws: its error, and the entry is gone and may be filled", async () => {
    const moonpath = await openMoonpath();
    let loads = 0;
    const { acme } = productsOf(moonpath, async () => ++loads);
    await acme.getOrLoad(lamp);
    await eventually("it is stored", async () => expect(await acme.exists(lamp)).toBe(true));
    const failed = new Error("the write fails");
    expect(
      await thrownBy(() =>
        acme.writeThrough(lamp, async () => {
          throw failed;
        }),
      ),
    ).toBe(failed);
    expect(await acme.exists(lamp)).toBe(false);
    expect(await acme.getOrLoad(lamp)).toBe(2);
    await eventually("it is stored", async () => expect(await acme.exists(lamp)).toBe(true));
  });

  test("a value that the codec refuses: the result of the write, and the block ends", async () => {
    const moonpath = await openMoonpath();
    const errors: Error[] = [];
    const cache = moonpath.cache({
      pattern: "odd:<odd>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      load: async (): Promise<unknown> => "loaded",
      onError: (error) => errors.push(error),
    });
    const acme = cache.tenant("acme");
    const value = { count: 1n };
    expect(await acme.writeThrough({ odd: "one" }, async () => value)).toEqual({ value, cache: "removed" });
    expect(errors).toHaveLength(1);
    await acme.getOrLoad({ odd: "one" });
    await eventually("it is stored", async () => expect(await acme.get({ odd: "one" })).toBe("loaded"));
  });

  test("a writer that dies blocks fills for blockMs", async () => {
    const [one, two] = await openTwo();
    const held = new GatedLoader<number>();
    let loads = 0;
    const a = productsOf(one, async () => 0);
    const b = productsOf(two, async () => ++loads);
    // It never ends, as for the others after its death.
    a.acme.writeThrough(lamp, held.load, { blockMs: 400 }).catch(() => undefined);
    await held.started(0);
    expect(await b.acme.getOrLoad(lamp)).toBe(1);
    expect(await b.acme.exists(lamp)).toBe(false);
    const { ms } = await timed(() =>
      eventually("the block has ended", async () => {
        await b.acme.getOrLoad(lamp);
        expect(await b.acme.exists(lamp)).toBe(true);
      }),
    );
    expect(ms).toBeLessThan(1_500);
    // The dead one comes back after its block, and removes.
    await held.returns(0, 99);
    await eventually("its value is not stored", async () => expect(await b.acme.get(lamp)).not.toBe(99));
  });

  // As a caller in plain JavaScript would call them.
  for (const [name, method, args] of [
    ["write", "writeThrough", [lamp, 7]],
    ["write", "writeAround", [[lamp], undefined]],
    ["fields", "writeAround", [lamp, async () => 7]],
    ["blockMs", "writeThrough", [lamp, async () => 7, { blockMs: -1 }]],
    ["value", "set", [lamp, undefined]],
  ] as const) {
    test(`a wrong ${name} of ${method} is an ARGUMENT error, and leaves no block`, async () => {
      const moonpath = await openMoonpath();
      const { acme } = productsOf(moonpath, async () => 1);
      expect(await thrownBy(() => Reflect.apply(acme[method], acme, args))).toMatchObject({
        code: "ARGUMENT",
        argument: name,
      });
      const block = keys.cacheBlock({ namespace: moonpath.namespace, tenant: "acme" }, "product:lamp");
      expect(await sharedRedis().exists(block)).toBe(0);
    });
  }
});

describe("writeAround", () => {
  test("removes all entries before and after, and a wrong one blocks none", async () => {
    const moonpath = await openMoonpath();
    let loads = 0;
    const { acme } = productsOf(moonpath, async () => ++loads);
    const list = ["a", "b", "c"].map((product) => ({ product }));
    await acme.warm(list);
    await eventually("all are stored", async () => {
      expect((await Promise.all(list.map((fields) => acme.exists(fields)))).every(Boolean)).toBe(true);
    });
    const result = await acme.writeAround(list, async () => {
      expect((await Promise.all(list.map((fields) => acme.exists(fields)))).some(Boolean)).toBe(false);
      await acme.warm(list);
      expect((await Promise.all(list.map((fields) => acme.exists(fields)))).some(Boolean)).toBe(false);
      return "written";
    });
    expect(result).toEqual({ value: "written", cache: "removed" });
    await acme.warm(list);
    await eventually("all are stored", async () => {
      expect((await Promise.all(list.map((fields) => acme.exists(fields)))).every(Boolean)).toBe(true);
    });
  });
});

describe("settleMs", () => {
  test("no load fills the entry for so long", async () => {
    const { acme } = productsOf(await openMoonpath(), async () => 1);
    const startedAt = performance.now();
    expect(await acme.invalidate(lamp, { settleMs: 500 })).toBe("done");
    while (performance.now() - startedAt < 400) {
      expect(await acme.getOrLoad(lamp)).toBe(1);
      expect(await acme.exists(lamp)).toBe(false);
    }
    await eventually("it is stored again", async () => {
      await acme.getOrLoad(lamp);
      expect(await acme.exists(lamp)).toBe(true);
    });
  });
});

test("Redis is lost between begin and commit: pending, and never the old value afterwards", async () => {
  const server = await startOwn();
  const proxy = await startProxy(server);
  const connect = (url: string) => {
    const redis = redisFromUrl(url, { retryStrategy: () => 30 });
    if (!(redis instanceof Redis)) throw new Error("it is one server");
    redis.on("error", () => {});
    return redis;
  };
  const [redis, direct] = [connect(proxy.url), connect(server.url)];
  const namespace = freshNamespace();
  const moonpath = createMoonpath(redis, { namespace, deadlineMs: 300 });
  const other = createMoonpath(direct, { namespace });
  afterTest(
    () => proxy.stop(),
    () => {
      for (const client of [moonpath, other]) client.close();
      for (const connection of [redis, direct]) connection.disconnect();
    },
  );
  await Promise.all([moonpath.ready(), other.ready()]);
  const source = { value: 1 };
  const load = async () => source.value;
  const [a, b] = [productsOf(moonpath, load), productsOf(other, load)];
  await a.acme.getOrLoad(lamp);
  await eventually("it is stored", async () => expect(await b.acme.exists(lamp)).toBe(true));
  const result = await a.acme.writeThrough(
    lamp,
    async () => {
      proxy.blackHole();
      source.value = 2;
      return 2;
    },
    { blockMs: 2_000 },
  );
  expect(result).toEqual({ value: 2, cache: "pending" });
  for (let call = 0; call < 5; call++) {
    expect(await a.acme.getOrLoad(lamp)).toBe(2);
    expect(await b.acme.getOrLoad(lamp)).toBe(2);
  }
  proxy.heal();
  await eventually("both are stored", async () => {
    expect(await a.acme.getOrLoad(lamp)).toBe(2);
    expect(await b.acme.getOrLoad(lamp)).toBe(2);
    expect(await a.acme.get(lamp)).toBe(2);
  });
});
