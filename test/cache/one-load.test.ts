import { describe, expect, test } from "vitest";
import * as keys from "../../generated/ts/keys.js";
import { cacheDefaults } from "../../src/cache/defaults.js";
import type { Moonpath } from "../../src/index.js";
import {
  GatedLoader,
  moment,
  openMoonpath,
  openProcesses,
  openTwo,
  thrownBy,
  timed,
} from "../support/cache/kit.js";
import { sharedRedis } from "../support/redis.js";
import { eventually } from "../support/wait.js";

interface Product {
  readonly version: number;
}

const lamp = { product: "lamp" };

function productsOf(moonpath: Moonpath, load: () => Promise<Product>) {
  const errors: Error[] = [];
  const cache = moonpath.cache({
    pattern: "product:<product>",
    freshMs: 60_000,
    // A busy machine may be slow.
    cacheTimeoutMs: 10_000,
    load,
    onError: (error) => errors.push(error),
  });
  return { acme: cache.tenant("acme"), errors };
}

describe("a cold key is loaded once", () => {
  test("for 1,000 callers of one process", async () => {
    const loader = new GatedLoader<Product>();
    const { acme } = productsOf(await openMoonpath(), loader.load);
    const early = Array.from({ length: 500 }, () => acme.getOrLoad(lamp));
    await loader.started(0);
    const late = Array.from({ length: 500 }, () => acme.getOrLoad(lamp));
    await loader.returns(0, { version: 1 });
    const values = await Promise.all([...early, ...late]);
    expect(values.every((value) => value?.version === 1)).toBe(true);
    expect(loader.calls).toBe(1);
  });

  test("for five clients, and the fill wakes those that wait well before they poll", async () => {
    const loader = new GatedLoader<Product>();
    const processes = (await openProcesses(5)).map((moonpath) => productsOf(moonpath, loader.load));
    const [first, ...others] = processes;
    const waits: number[] = [];
    for (let round = 0; round < 5; round++) {
      const fields = { product: `lamp-${round}` };
      const owner = first?.acme.getOrLoad(fields);
      await loader.started(round);
      const waiting = others.map(({ acme }) => acme.getOrLoad(fields));
      await moment(60);
      await loader.returns(round, { version: round });
      await owner;
      const { result, ms } = await timed(() => Promise.all(waiting));
      expect(new Set(result.map((value) => value?.version))).toEqual(new Set([round]));
      waits.push(ms);
    }
    expect(loader.calls).toBe(5);
    for (const { errors } of processes) expect(errors).toEqual([]);
    // Without the message, the slowest of four would take about as long as a poll.
    expect(waits.sort((one, other) => one - other)[2]).toBeLessThan(cacheDefaults.pollMs.value / 2);
  });

  test("callers that come during the fill of a load wait for no second load", async () => {
    const loader = new GatedLoader<Product>();
    const { acme } = productsOf(await openMoonpath(), loader.load);
    const first = acme.getOrLoad(lamp);
    await loader.returns(0, { version: 1 });
    expect(await first).toEqual({ version: 1 });
    // The leader does not wait for the fill, so this call may find the lease of its own process.
    expect(await acme.getOrLoad(lamp)).toEqual({ version: 1 });
    expect(loader.calls).toBe(1);
  });
});

describe("a load longer than its lease", () => {
  test("renews it and fills", { timeout: 15_000 }, async () => {
    const loader = new GatedLoader<Product>();
    const moonpath = await openMoonpath();
    const redis = sharedRedis();
    const { acme, errors } = productsOf(moonpath, loader.load);
    const lease = keys.cacheLease({ namespace: moonpath.namespace, tenant: "acme" }, "product:lamp");
    const value = acme.getOrLoad(lamp);
    await loader.started(0);
    const startedAt = performance.now();
    const holder = await redis.get(lease);
    while (performance.now() - startedAt < cacheDefaults.leaseMs.value + 300) {
      expect(await redis.get(lease)).toBe(holder);
      await moment(100);
    }
    await loader.returns(0, { version: 1 });
    expect(await value).toEqual({ version: 1 });
    await eventually("it is stored", async () => expect(await acme.exists(lamp)).toBe(true));
    expect(errors).toEqual([]);
  });
});

describe("a loader that throws", () => {
  test("gives its error to those that share the load, and the next caller loads", async () => {
    const loader = new GatedLoader<Product>();
    const { acme } = productsOf(await openMoonpath(), loader.load);
    const failed = new Error("the source fails");
    const callers = [acme.getOrLoad(lamp), acme.getOrLoad(lamp)].map((call) => thrownBy(() => call));
    await loader.started(0);
    const late = thrownBy(() => acme.getOrLoad(lamp));
    await loader.throws(0, failed);
    for (const thrown of [...(await Promise.all(callers)), await late]) expect(thrown).toBe(failed);
    const { result, ms } = await timed(async () => {
      const next = acme.getOrLoad(lamp);
      await loader.returns(1, { version: 2 });
      return next;
    });
    expect(result).toEqual({ version: 2 });
    // The failed load has given its lease back.
    expect(ms).toBeLessThan(1_000);
  });

  test("a caller of another process takes over at once", async () => {
    const loader = new GatedLoader<Product>();
    const [one, other] = await openTwo();
    const a = productsOf(one, loader.load);
    const b = productsOf(other, loader.load);
    const failing = thrownBy(() => a.acme.getOrLoad(lamp));
    await loader.started(0);
    const waiting = b.acme.getOrLoad(lamp);
    await moment(100);
    await loader.throws(0, new Error("the source fails"));
    await failing;
    await loader.returns(1, { version: 2 });
    expect(await waiting).toEqual({ version: 2 });
    await eventually("it is stored", async () => expect(await a.acme.get(lamp)).toEqual({ version: 2 }));
  });

  test("before it returns a promise, or with a value that is no error", async () => {
    const { acme } = productsOf(await openMoonpath(), () => {
      throw "a text";
    });
    expect(await thrownBy(() => acme.getOrLoad(lamp))).toBe("a text");
  });
});

describe("a value that cannot be stored", () => {
  for (const [name, value] of [
    ["has no JSON", () => 1],
    ["refers to itself", cyclic()],
  ] as const) {
    test(`${name}: it is returned, and the lease is given back`, async () => {
      let loads = 0;
      const errors: Error[] = [];
      const moonpath = await openMoonpath();
      const cache = moonpath.cache({
        pattern: "odd:<odd>",
        freshMs: 60_000,
        load: async () => {
          loads++;
          return value as unknown;
        },
        onError: (error) => errors.push(error),
      });
      const acme = cache.tenant("acme");
      expect(await acme.getOrLoad({ odd: "one" })).toBe(value);
      await eventually("the error is told", () => expect(errors).toHaveLength(1));
      const { ms } = await timed(() => acme.getOrLoad({ odd: "one" }));
      expect(ms).toBeLessThan(1_000);
      expect(loads).toBe(2);
    });
  }
});

function cyclic(): unknown {
  const self: { self?: unknown } = {};
  self.self = self;
  return self;
}
