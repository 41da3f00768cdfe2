import { describe, expect, test } from "vitest";
import * as keys from "../../../generated/ts/keys.js";
import { memoryL1 } from "../../../src/cache/l1/memory-l1.js";
import type { Moonpath } from "../../../src/index.js";
import { moment, openMoonpath, openTwo } from "../../support/cache/kit.js";
import { sharedRedis } from "../../support/redis.js";
import { eventually } from "../../support/wait.js";

const lamp = { product: "lamp" };

interface Product {
  readonly version: number;
  parts: string[];
}

/** Versions differ, so two processes never load equal values. */
let version = 0;

/** A cache and how often its loader was called. */
function productsOf(moonpath: Moonpath, freshMs = 60_000) {
  const state = { loads: 0 };
  const cache = moonpath.cache({
    pattern: "product:<product>",
    cacheTimeoutMs: 10_000,
    freshMs,
    jitter: 0,
    earlyRefresh: 0,
    tags: ["brand"],
    load: async (): Promise<Product> => {
      state.loads++;
      return { version: ++version, parts: ["foot"] };
    },
  });
  return { acme: cache.tenant("acme"), state };
}

type Products = ReturnType<typeof productsOf>["acme"];

/** Resolves when two calls in a row get the same object: then L1 has answered. */
async function inL1(acme: Products): Promise<Product> {
  let found: Product | undefined;
  await eventually("L1 answers", async () => {
    found = await acme.getOrLoad(lamp);
    expect(await acme.getOrLoad(lamp)).toBe(found);
  });
  if (!found) throw new Error("it was found");
  return found;
}

describe("values in L1", () => {
  test("are frozen, and the same object for each caller", async () => {
    const { acme, state } = productsOf(await openMoonpath({ cache: { l1: memoryL1() } }));
    const value = await inL1(acme);
    expect(() => value.parts.push("shade")).toThrow(TypeError);
    expect(state.loads).toBe(1);
  });

  test("belong to one client, also if two got the same options", async () => {
    const [one, two] = await openTwo({ cache: { l1: memoryL1() } });
    const [first, second] = [productsOf(one), productsOf(two)];
    const value = await inL1(first.acme);
    const other = await inL1(second.acme);
    expect(other).toEqual(value);
    expect(other).not.toBe(value);
  });

  test("are copies with sharing: copy, also for callers that share a load or a reading", async () => {
    const { acme } = productsOf(await openMoonpath({ cache: { l1: memoryL1({ sharing: "copy" }) } }));
    for (let round = 0; round < 20; round++) {
      const values = await Promise.all([acme.getOrLoad(lamp), acme.getOrLoad(lamp), acme.getOrLoad(lamp)]);
      for (const value of values) {
        expect(value?.parts).toEqual(["foot"]);
        value?.parts.push("shade");
      }
      await moment(5);
    }
  });

  test("answer getMany too, each that is there", async () => {
    const { acme } = productsOf(await openMoonpath({ cache: { l1: memoryL1() } }));
    const value = await inL1(acme);
    const [known, loaded] = await acme.getMany([lamp, { product: "vase" }]);
    expect(known).toBe(value);
    expect(loaded?.parts).toEqual(["foot"]);
  });

  test("that cannot be copied are returned all the same", async () => {
    const errors: Error[] = [];
    const moonpath = await openMoonpath({ cache: { l1: memoryL1({ sharing: "copy" }) } });
    const cache = moonpath.cache({
      pattern: "odd:<odd>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      codec: {
        id: "f",
        encode: () => Buffer.from("f"),
        decode: () => () => "a function",
      },
      load: async () => () => "a function",
      onError: (error) => errors.push(error),
    });
    const acme = cache.tenant("acme");
    await acme.getOrLoad({ odd: "one" });
    await eventually("the error is told", async () => {
      expect((await acme.getOrLoad({ odd: "one" }))?.()).toBe("a function");
      expect(errors.length).toBeGreaterThan(0);
    });
  });

  test("take at most maxBytes", async () => {
    const moonpath = await openMoonpath({ cache: { l1: memoryL1({ maxBytes: 20_000 }) } });
    const cache = moonpath.cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      earlyRefresh: 0,
      load: async () => ({ text: "x".repeat(1_500) }),
    });
    const acme = cache.tenant("acme");
    const list = Array.from({ length: 30 }, (_, place) => ({ product: `p${place}` }));
    await acme.warm(list);
    await eventually("L1 has as many as fit", async () => {
      let hits = 0;
      const before = await Promise.all(list.map((fields) => acme.getOrLoad(fields)));
      for (const [place, fields] of [...list.entries()].reverse()) {
        if ((await acme.getOrLoad(fields)) === before[place]) hits++;
      }
      // 1,500 bytes of text and about 500 of overhead.
      expect(hits).toBeGreaterThan(5);
      expect(hits).toBeLessThanOrEqual(10);
    });
  });

  test("that are asked for stay, and the others leave", async () => {
    // A value takes about 450 bytes with what it costs besides, so there is room for four.
    const moonpath = await openMoonpath({ cache: { l1: memoryL1({ maxBytes: 2_000 }) } });
    const { acme } = productsOf(moonpath);
    const value = await inL1(acme);
    for (let other = 0; other < 12; other++) {
      await acme.getOrLoad({ product: `other${other}` });
      await eventually("the other one is in L1", async () => {
        const found = await acme.getOrLoad({ product: `other${other}` });
        expect(await acme.getOrLoad({ product: `other${other}` })).toBe(found);
      });
      // L1 notes a use every 100 ms.
      await moment(110);
      expect(await acme.getOrLoad(lamp)).toBe(value);
    }
  });

  test("end with the fresh time that Redis has counted from the sending of the reading", async () => {
    const moonpath = await openMoonpath({ cache: { l1: memoryL1() } });
    const { acme, state } = productsOf(moonpath, 1_000);
    const key = keys.cacheEntry({ namespace: moonpath.namespace, tenant: "acme" }, "product:lamp");
    await acme.getOrLoad(lamp);
    const redis = sharedRedis();
    let endsAt = 0;
    await eventually("it is stored", async () => {
      const [stored, [seconds, micros]] = await Promise.all([redis.get(key), redis.time()]);
      const now = Number(seconds) * 1_000 + Number(micros) / 1_000;
      endsAt = performance.now() + Number(stored?.slice(4, 17)) - now;
      expect(stored).not.toBeNull();
    });
    while (state.loads === 1) {
      const calledAt = performance.now();
      const value = await acme.getOrLoad(lamp);
      // One millisecond for the rounding of Redis's time.
      if (state.loads === 1 && value) expect(calledAt).toBeLessThan(endsAt + 2);
      await moment(1);
    }
  });
});

describe("coherence", () => {
  test("another process forgets an invalidated value, its own at once", async () => {
    const [one, two] = await openTwo({ cache: { l1: memoryL1() } });
    const [a, b] = [productsOf(one), productsOf(two)];
    for (let round = 0; round < 50; round++) {
      await inL1(a.acme);
      const old = await inL1(b.acme);
      if (round % 2) await a.acme.invalidate(lamp);
      else await one.tenant("acme").cache.invalidateTags(["brand"]);
      const own = a.acme.getOrLoad(lamp);
      // `npm run bench` has the time that this takes.
      while ((await b.acme.getOrLoad(lamp)) === old) await new Promise((resolve) => setImmediate(resolve));
      expect(await own).not.toEqual(old);
    }
  });

  test("writes and sets are seen too", async () => {
    const [one, two] = await openTwo({ cache: { l1: memoryL1() } });
    const [a, b] = [productsOf(one), productsOf(two)];
    await inL1(a.acme);
    await inL1(b.acme);
    const written = { version: 100, parts: [] };
    expect(await a.acme.writeThrough(lamp, async () => written)).toMatchObject({ cache: "set" });
    expect(await a.acme.getOrLoad(lamp)).toEqual(written);
    await eventually("the other process sees it", async () =>
      expect(await b.acme.getOrLoad(lamp)).toEqual(written),
    );
    expect(await b.acme.set(lamp, { version: 101, parts: [] })).toBe("set");
    expect(await b.acme.getOrLoad(lamp)).toMatchObject({ version: 101 });
    await eventually("the first process sees it", async () =>
      expect(await a.acme.getOrLoad(lamp)).toMatchObject({ version: 101 }),
    );
  });

  test("deletePattern is seen too", async () => {
    const [one, two] = await openTwo({ cache: { l1: memoryL1() } });
    const [a, b] = [productsOf(one), productsOf(two)];
    const old = await inL1(a.acme);
    await inL1(b.acme);
    expect(await b.acme.deletePattern({})).toBe(1);
    expect(await b.acme.getOrLoad(lamp)).not.toEqual(old);
    await eventually("the other process sees it", async () =>
      expect(await a.acme.getOrLoad(lamp)).not.toBe(old),
    );
  });
});
