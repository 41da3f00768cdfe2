import type { Cluster, Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { GatedLoader, openMoonpath, openTwo, thrownBy } from "../support/cache/kit.js";
import { sharedCluster, sharedRedis } from "../support/redis.js";
import { eventually } from "../support/wait.js";

async function priceLists(redis: Redis | Cluster) {
  const moonpath = await openMoonpath({}, redis);
  const cache = moonpath.cache({
    pattern: "price:<product>:in:<currency>",
    freshMs: 60_000,
    earlyRefresh: 0,
    cacheTimeoutMs: 5_000,
    load: async ({ product, currency }) => `${product} in ${currency}`,
  });
  return { moonpath, acme: cache.tenant("acme"), other: cache.tenant("other") };
}

const pairs = (products: readonly string[], currencies: readonly string[]) =>
  products.flatMap((product) => currencies.map((currency) => ({ product, currency })));

for (const [name, connect] of [
  ["a single server", sharedRedis],
  ["a cluster", sharedCluster],
] as const) {
  describe(`deletePattern on ${name}`, () => {
    test("compares whole segments, and fields that are left out have any value", async () => {
      const { acme, other } = await priceLists(connect());
      const products = ["1", "10", "1:0", "*", "%", "a%3ab", "?", "[1]", "x".repeat(200)];
      const list = pairs(products, ["EUR", "USD", "*"]);
      const stored = async () => {
        const exist = await Promise.all(list.map((fields) => acme.exists(fields)));
        return list.filter((_, place) => exist[place]);
      };
      const fill = async () => {
        await acme.warm(list);
        await eventually("all are stored", async () => expect(await stored()).toEqual(list));
      };
      await fill();
      await other.warm(list);
      for (const product of products) {
        expect(await acme.deletePattern({ product })).toBe(3);
        expect(await stored()).toEqual(list.filter((fields) => fields.product !== product));
        await fill();
      }
      expect(await acme.deletePattern({ currency: "*" })).toBe(products.length);
      expect(await stored()).toEqual(list.filter(({ currency }) => currency !== "*"));
      expect(await acme.deletePattern({ product: "1", currency: "EUR" })).toBe(1);
      expect(await acme.deletePattern({})).toBe(products.length * 2 - 1);
      expect(await stored()).toEqual([]);
      expect(await other.exists({ product: "10", currency: "EUR" })).toBe(true);
    });

    test("a load that runs meanwhile does not come back", async () => {
      const [one, two] = await openTwo();
      const loader = new GatedLoader<string>();
      const definition = { pattern: "product:<product>", freshMs: 60_000, load: loader.load } as const;
      const [a, b] = [one.cache(definition).tenant("acme"), two.cache(definition).tenant("acme")];
      const loading = a.getOrLoad({ product: "1" });
      await loader.started(0);
      expect(await b.deletePattern({ product: 1 })).toBe(0);
      await loader.returns(0, "old");
      expect(await loading).toBe("old");
      const next = b.getOrLoad({ product: "1" });
      await loader.returns(1, "new");
      expect(await next).toBe("new");
      await eventually("the new one is stored", async () =>
        expect(await a.get({ product: "1" })).toBe("new"),
      );
    });
  });
}

test("a longer pattern with the same beginning keeps its entries", async () => {
  const moonpath = await openMoonpath();
  const one = moonpath.cache({ pattern: "list:<page>", freshMs: 60_000, load: async () => 1 }).tenant("acme");
  const two = moonpath
    .cache({ pattern: "list:<organisation>:<page>", freshMs: 60_000, load: async () => 2 })
    .tenant("acme");
  await one.getOrLoad({ page: 1 });
  await two.getOrLoad({ organisation: "x", page: 1 });
  await eventually("both are stored", async () => {
    expect(await one.exists({ page: 1 })).toBe(true);
    expect(await two.exists({ organisation: "x", page: 1 })).toBe(true);
  });
  expect(await one.deletePattern({})).toBe(1);
  expect(await two.exists({ organisation: "x", page: 1 })).toBe(true);
});

test("a name that is no field is an ARGUMENT error, and nothing is removed", async () => {
  const { acme } = await priceLists(sharedRedis());
  await acme.getOrLoad({ product: "1", currency: "EUR" });
  await eventually("it is stored", async () =>
    expect(await acme.exists({ product: "1", currency: "EUR" })).toBe(true),
  );
  for (const wrong of [{ prodct: "1" }, undefined, null, "product"]) {
    // @ts-expect-error a caller in plain JavaScript
    expect(await thrownBy(() => acme.deletePattern(wrong))).toMatchObject({
      code: "ARGUMENT",
      argument: "fields",
    });
  }
  expect(await acme.exists({ product: "1", currency: "EUR" })).toBe(true);
});
