import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { createMoonpath } from "../../src/index.js";
import { afterTest } from "../support/cleanup.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";

test("smoke", async () => {
  const moonpath = createMoonpath(sharedRedis(), { namespace: freshNamespace() });
  afterTest(() => moonpath.close());
  let loads = 0;
  const errors: Error[] = [];
  const products = moonpath.cache({
    pattern: "product:<product>",
    freshMs: 60_000,
    staleMs: 60_000,
    tags: ({ product }) => [`brand:${product}`],
    load: async ({ product }) => {
      loads++;
      await pause(20);
      return { product, loads };
    },
    onError: (error) => errors.push(error),
  });
  const acme = products.tenant("acme");
  const values = await Promise.all(Array.from({ length: 100 }, () => acme.getOrLoad({ product: "lamp" })));
  expect(new Set(values.map((v) => JSON.stringify(v)))).toEqual(new Set(['{"product":"lamp","loads":1}']));
  expect(errors).toEqual([]);
  expect(await acme.getOrLoad({ product: "lamp" })).toEqual({ product: "lamp", loads: 1 });
  expect(await acme.exists({ product: "lamp" })).toBe(true);
  expect(await moonpath.tenant("acme").cache.invalidateTags(["brand:lamp"])).toBe("done");
  expect(await acme.exists({ product: "lamp" })).toBe(false);
  expect(await acme.getOrLoad({ product: "lamp" })).toEqual({ product: "lamp", loads: 2 });
  expect(await acme.getOrLoad({ product: "lamp" })).toEqual({ product: "lamp", loads: 2 });
  expect(await acme.invalidate({ product: "lamp" })).toBe("done");
  expect(await acme.getOrLoad({ product: "lamp" })).toEqual({ product: "lamp", loads: 3 });
  expect(await acme.expire({ product: "lamp" })).toBe("done");
  expect(await acme.getOrLoad({ product: "lamp" })).toEqual({ product: "lamp", loads: 3 });
  await pause(60);
  expect(await acme.getOrLoad({ product: "lamp" })).toEqual({ product: "lamp", loads: 4 });
  expect(await acme.refresh({ product: "lamp" })).toEqual({ product: "lamp", loads: 5 });
  expect(
    await acme.writeThrough({ product: "lamp" }, async () => ({ product: "x", loads: 100 })),
  ).toMatchObject({ cache: "set" });
  expect(await acme.getOrLoad({ product: "lamp" })).toEqual({ product: "x", loads: 100 });
  expect(await acme.deletePattern({})).toBe(1);
  expect(await acme.getMany([{ product: "a" }, { product: "b" }])).toHaveLength(2);
  expect(await moonpath.tenant("acme").cache.expireTags(["brand:a"])).toBe("done");
  expect(await acme.getOrLoad({ product: "a" })).toMatchObject({ product: "a" });
  expect(await moonpath.tenant("acme").cache.invalidateAll()).toBe("done");
  expect(await acme.exists({ product: "b" })).toBe(false);
  expect(errors).toEqual([]);
});
