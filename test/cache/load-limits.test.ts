import { describe, expect, test } from "vitest";
import { LoadTimeoutError, OverloadedError } from "../../src/index.js";
import { GatedLoader, MARGIN_MS, moment, openMoonpath, thrownBy, timed } from "../support/cache/kit.js";
import { aborted, eventually } from "../support/wait.js";

const lamp = { product: "lamp" };

describe("undefined: the source has none", () => {
  test("without negativeMs it is not stored, and the next caller does not wait", async () => {
    let loads = 0;
    const cache = (await openMoonpath()).cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      load: async (): Promise<string | undefined> => {
        loads++;
        return undefined;
      },
    });
    const acme = cache.tenant("acme");
    for (let round = 1; round <= 3; round++) {
      const { result, ms } = await timed(() => acme.getOrLoad(lamp));
      expect(result).toBeUndefined();
      expect(loads).toBe(round);
      expect(ms).toBeLessThan(1_000);
    }
    expect(await acme.exists(lamp)).toBe(false);
  });

  test("with negativeMs it is stored for so long", async () => {
    let loads = 0;
    const cache = (await openMoonpath()).cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      staleMs: 60_000,
      negativeMs: 400,
      earlyRefresh: 0,
      load: async (): Promise<string | undefined> => {
        loads++;
        return undefined;
      },
    });
    const acme = cache.tenant("acme");
    await acme.getOrLoad(lamp);
    await eventually("it is stored", async () => expect(await acme.exists(lamp)).toBe(true));
    expect(await acme.getOrLoad(lamp)).toBeUndefined();
    expect(loads).toBe(1);
    await eventually("it has ended", async () => expect(await acme.exists(lamp)).toBe(false));
    await acme.getOrLoad(lamp);
    expect(loads).toBe(2);
  });
});

describe("the time of a load", () => {
  test("a loader that never ends: LOAD_TIMEOUT, the signal aborts, the late value is not stored", async () => {
    const loader = new GatedLoader<string>();
    const signals: AbortSignal[] = [];
    const cache = (await openMoonpath()).cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      loadTimeoutMs: 100,
      load: (_fields, { signal }) => {
        signals.push(signal);
        return loader.load();
      },
    });
    const acme = cache.tenant("acme");
    const { result, ms } = await timed(() => thrownBy(() => acme.getOrLoad(lamp)));
    expect(result).toBeInstanceOf(LoadTimeoutError);
    expect(ms).toBeLessThan(100 + MARGIN_MS);
    const [signal] = signals;
    if (signal) await aborted(signal);
    expect(signal?.reason).toBe(result);
    await loader.returns(0, "late");
    await moment(50);
    expect(await acme.exists(lamp)).toBe(false);
    const next = acme.getOrLoad(lamp);
    await loader.returns(1, "new");
    expect(await next).toBe("new");
  });

  test("maxLoads: the others wait for their turn", async () => {
    const loader = new GatedLoader<string>();
    const cache = (await openMoonpath()).cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      maxLoads: 2,
      load: loader.load,
    });
    const acme = cache.tenant("acme");
    const calls = ["a", "b", "c"].map((product) => acme.getOrLoad({ product }));
    await loader.started(1);
    await moment(50);
    expect(loader.calls).toBe(2);
    await loader.returns(0, "one");
    await loader.returns(2, "three");
    await loader.returns(1, "two");
    expect((await Promise.all(calls)).sort()).toEqual(["one", "three", "two"]);
  });

  test("OVERLOADED, when all places are taken for longer", async () => {
    const loader = new GatedLoader<string>();
    const moonpath = await openMoonpath();
    const cache = moonpath.cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      loadTimeoutMs: 300,
      maxLoads: 1,
      load: loader.load,
    });
    const acme = cache.tenant("acme");
    const calls = ["a", "b", "c"].map((product) => thrownBy(() => acme.getOrLoad({ product })));
    const thrown = await Promise.all(calls);
    expect(thrown.filter((error) => error instanceof OverloadedError).length).toBeGreaterThanOrEqual(1);
    expect(loader.calls).toBeLessThanOrEqual(2);
    // All places are free again.
    const next = acme.getOrLoad({ product: "d" });
    await loader.returns(loader.calls, "new");
    expect(await next).toBe("new");
  });
});

describe("what a loader says about its value", () => {
  test("larger than maxBytes: returned, not stored, and the lease is given back", async () => {
    let loads = 0;
    const cache = (await openMoonpath()).cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      maxBytes: 1_000,
      load: async () => {
        loads++;
        return "x".repeat(2_000);
      },
    });
    const acme = cache.tenant("acme");
    expect(await acme.getOrLoad(lamp)).toHaveLength(2_000);
    const { ms } = await timed(() => acme.getOrLoad(lamp));
    expect(ms).toBeLessThan(1_000);
    expect(loads).toBe(2);
    expect(await acme.exists(lamp)).toBe(false);
  });

  test("doNotStore: returned, not stored", async () => {
    const cache = (await openMoonpath()).cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      load: async (_fields, context) => {
        context.doNotStore();
        return "value";
      },
    });
    const acme = cache.tenant("acme");
    expect(await acme.getOrLoad(lamp)).toBe("value");
    await moment(50);
    expect(await acme.exists(lamp)).toBe(false);
  });

  test("freshMs: another time for this value", async () => {
    const cache = (await openMoonpath()).cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      jitter: 0,
      load: async (_fields, context) => {
        context.freshMs(300);
        return "value";
      },
    });
    const acme = cache.tenant("acme");
    await acme.getOrLoad(lamp);
    await eventually("it is stored", async () => expect(await acme.exists(lamp)).toBe(true));
    await eventually("it has ended", async () => expect(await acme.exists(lamp)).toBe(false), 2_000);
  });

  for (const wrong of [Number.NaN, -1, 0, 1.5, "soon", Number.POSITIVE_INFINITY]) {
    test(`freshMs(${String(wrong)}) is an ARGUMENT error of the load`, async () => {
      const cache = (await openMoonpath()).cache({
        pattern: "product:<product>",
        cacheTimeoutMs: 10_000,
        freshMs: 60_000,
        load: async (_fields, context) => {
          context.freshMs(wrong as number);
          return "value";
        },
      });
      expect(await thrownBy(() => cache.tenant("acme").getOrLoad(lamp))).toMatchObject({
        code: "ARGUMENT",
        argument: "freshMs",
      });
    });
  }
});
