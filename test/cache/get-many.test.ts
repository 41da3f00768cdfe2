import { describe, expect, test } from "vitest";
import { createMoonpath, OverloadedError } from "../../src/index.js";
import { redisFromUrl } from "../../src/testing/index.js";
import { moment, openMoonpath, openTwo, thrownBy, timed, unhandledRejections } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { startOwn } from "../support/own-server.js";
import { deferred, eventually } from "../support/wait.js";

const fieldsOf = (...names: string[]) => names.map((product) => ({ product }));

/** A source that notes the lists it was asked for. */
function listed() {
  const lists: string[][] = [];
  const definition = {
    pattern: "product:<product>",
    cacheTimeoutMs: 10_000,
    freshMs: 60_000,
    loadMany: async (fields: readonly { readonly product: string | number }[]) => {
      lists.push(fields.map(({ product }) => String(product)));
      return fields.map(({ product }) => `value of ${product}`);
    },
  } as const;
  return { lists, definition };
}

test("a list with a hole is refused before anything begins", async () => {
  const moonpath = await openMoonpath();
  let calls = 0;
  const cache = moonpath.cache({
    pattern: "product:<product>",
    cacheTimeoutMs: 10_000,
    freshMs: 60_000,
    loadMany: async (list) => list.map(() => ++calls),
  });
  const list = new Array(2);
  list[0] = { product: "lamp" };
  await expect(cache.tenant("acme").getMany(list)).rejects.toMatchObject({ code: "ARGUMENT" });
  expect(calls).toBe(0);
});

describe("getMany", () => {
  test("loads what is missing with one call, and keeps the order", async () => {
    const { lists, definition } = listed();
    const acme = (await openMoonpath()).cache(definition).tenant("acme");
    await acme.getOrLoad({ product: "b" });
    await eventually("b is stored", async () => expect(await acme.exists({ product: "b" })).toBe(true));
    expect(await acme.getMany(fieldsOf("c", "b", "a", "d"))).toEqual(
      ["c", "b", "a", "d"].map((name) => `value of ${name}`),
    );
    expect(lists).toEqual([["b"], ["c", "a", "d"]]);
    await eventually("all are stored", async () => expect(await acme.exists({ product: "d" })).toBe(true));
    await acme.getMany(fieldsOf("a", "b", "c", "d"));
    expect(lists).toHaveLength(2);
  });

  test("a name twice is loaded once", async () => {
    const { lists, definition } = listed();
    const acme = (await openMoonpath()).cache(definition).tenant("acme");
    expect(await acme.getMany(fieldsOf("a", "b", "a", "a"))).toEqual(
      ["a", "b", "a", "a"].map((name) => `value of ${name}`),
    );
    expect(lists).toEqual([["a", "b"]]);
  });

  test("stores what was loaded, whatever the caller makes of it", async () => {
    const [one, other] = await openTwo();
    const definition = {
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      loadMany: async (fields: readonly unknown[]) => fields.map(() => ({ cents: 100 })),
    } as const;
    const products = await one.cache(definition).tenant("acme").getMany(fieldsOf("a", "b"));
    for (const product of products) if (product) product.cents = 0;
    const reader = other.cache(definition).tenant("acme");
    await eventually("it is stored", async () =>
      expect(await reader.get({ product: "b" })).toEqual({ cents: 100 }),
    );
  });

  test("a client that closes after warm has sent all fills", async () => {
    const [one, other] = await openTwo();
    const { definition } = listed();
    const names = Array.from({ length: 50 }, (_, place) => `p${place}`);
    await one
      .cache(definition)
      .tenant("acme")
      .warm(fieldsOf(...names));
    one.close();
    const reader = other.cache(definition).tenant("acme");
    await eventually("all are stored", async () => {
      const stored = await Promise.all(fieldsOf(...names).map((fields) => reader.exists(fields)));
      expect(stored).not.toContain(false);
    });
  });

  test("stale entries are refreshed with a few calls", async () => {
    const { lists, definition } = listed();
    const names = Array.from({ length: 100 }, (_, place) => `p${place}`);
    const acme = (await openMoonpath()).cache({ ...definition, staleMs: 60_000 }).tenant("acme");
    await Promise.all(fieldsOf(...names).map((fields) => acme.set(fields, "old")));
    await Promise.all(fieldsOf(...names).map((fields) => acme.expire(fields)));
    expect(new Set(await acme.getMany(fieldsOf(...names)))).toEqual(new Set(["old"]));
    await eventually("all are refreshed", () => expect(lists.flat().toSorted()).toEqual(names.toSorted()));
    expect(lists.length).toBeLessThan(20);
  });

  test("an empty list asks nobody", async () => {
    const { lists, definition } = listed();
    expect(await (await openMoonpath()).cache(definition).tenant("acme").getMany([])).toEqual([]);
    expect(lists).toEqual([]);
  });

  test("an error of the batch is the result, and nothing is unhandled", async () => {
    const unhandled = unhandledRejections();
    const failed = new Error("the source fails");
    const cache = (await openMoonpath()).cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      loadMany: async (): Promise<string[]> => {
        throw failed;
      },
    });
    expect(await thrownBy(() => cache.tenant("acme").getMany(fieldsOf("a", "b", "c")))).toBe(failed);
    await moment();
    expect(unhandled).toEqual([]);
  });

  for (const [name, result] of [
    ["too short", ["one"]],
    ["no list", { length: 2 }],
    ["nothing", undefined],
  ] as const) {
    test(`a result that is ${name} is an ARGUMENT error`, async () => {
      const cache = (await openMoonpath()).cache({
        pattern: "product:<product>",
        cacheTimeoutMs: 10_000,
        freshMs: 60_000,
        loadMany: async () => result as unknown as readonly string[],
      });
      const acme = cache.tenant("acme");
      const expected = { code: "ARGUMENT", argument: "loadMany" };
      expect(await thrownBy(() => acme.getMany(fieldsOf("a", "b")))).toMatchObject(expected);
      if (name !== "too short")
        expect(await thrownBy(() => acme.getOrLoad({ product: "c" }))).toMatchObject(expected);
    });
  }

  test("an entry that another process loads is waited for, and the others are loaded meanwhile", async () => {
    const [one, other] = await openTwo();
    const loading = deferred("the other process loads");
    const released = deferred("it may return");
    const slow = other
      .cache({
        pattern: "product:<product>",
        cacheTimeoutMs: 10_000,
        freshMs: 60_000,
        load: async () => {
          loading.resolve();
          await released.promise;
          return "value of the other";
        },
      })
      .tenant("acme");
    const { lists, definition } = listed();
    const acme = one.cache(definition).tenant("acme");
    const theirs = slow.getOrLoad({ product: "b" });
    await loading.promise;
    const many = acme.getMany(fieldsOf("a", "b", "c"));
    await eventually("the others are loaded", () => expect(lists).toEqual([["a", "c"]]));
    released.resolve();
    expect(await many).toEqual(["value of a", "value of the other", "value of c"]);
    await theirs;
    expect(lists).toHaveLength(1);
  });

  test("a wrong name among good ones starts nothing, and nothing is unhandled", async () => {
    const unhandled = unhandledRejections();
    let loads = 0;
    const cache = (await openMoonpath()).cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      load: async (): Promise<string> => {
        loads++;
        throw new Error("the source fails");
      },
    });
    const acme = cache.tenant("acme");
    expect(await thrownBy(() => acme.getMany(fieldsOf("a", "b", "")))).toMatchObject({ argument: "product" });
    await moment(100);
    expect(loads).toBe(0);
    expect(unhandled).toEqual([]);
  });

  test("OVERLOADED, if the batch's turn does not come", async () => {
    const never = deferred<void>("never", 60_000);
    const cache = (await openMoonpath()).cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      loadTimeoutMs: 300,
      maxLoads: 1,
      loadMany: async (fields) => {
        await never.promise;
        return fields.map(() => "value");
      },
    });
    const acme = cache.tenant("acme");
    const first = thrownBy(() => acme.getMany(fieldsOf("a")));
    const thrown = await Promise.all([
      first,
      thrownBy(() => acme.getMany(fieldsOf("b", "c"))),
      thrownBy(() => acme.getMany(fieldsOf("d"))),
    ]);
    expect(thrown[0]).toMatchObject({ code: "LOAD_TIMEOUT" });
    expect(thrown.some((error) => error instanceof OverloadedError)).toBe(true);
    never.resolve();
  });

  test("while an invalidation is pending, a name twice does not wait for itself", async () => {
    const server = await startOwn();
    const redis = redisFromUrl(server.url, { retryStrategy: () => 20 });
    redis.on("error", () => {});
    const moonpath = createMoonpath(redis);
    afterTest(() => {
      moonpath.close();
      redis.disconnect();
    });
    const { definition } = listed();
    const acme = moonpath.cache(definition).tenant("acme");
    await moonpath.ready();
    await server.stop();
    expect(await moonpath.tenant("acme").cache.invalidateAll({ deadlineMs: 50 })).toBe("pending");
    const { result, ms } = await timed(() => acme.getMany(fieldsOf("a", "b", "a")));
    expect(result).toEqual(["value of a", "value of b", "value of a"]);
    expect(ms).toBeLessThan(1_000);
  });
});

describe("prefetch and warm", () => {
  test("errors of prefetch go to onError, also those of its arguments", async () => {
    const unhandled = unhandledRejections();
    const errors: Error[] = [];
    const cache = (await openMoonpath()).cache({
      pattern: "product:<product>",
      cacheTimeoutMs: 10_000,
      freshMs: 60_000,
      load: async (): Promise<string> => {
        throw new Error("the source fails");
      },
      onError: (error) => errors.push(error),
    });
    const acme = cache.tenant("acme");
    acme.prefetch(fieldsOf("a", "b"));
    await eventually("the error is told", () => expect(errors).toHaveLength(1));
    acme.prefetch(fieldsOf(""));
    // @ts-expect-error a caller in plain JavaScript
    acme.prefetch("a");
    await eventually("the errors are told", () => expect(errors).toHaveLength(3));
    expect(unhandled).toEqual([]);
  });
});
