import { describe, expect, test } from "vitest";
import { textCodec } from "../../src/index.js";
import { openMoonpath, thrownBy } from "../support/cache/kit.js";
import { sharedCluster, sharedRedis } from "../support/redis.js";

for (const [name, connect] of [
  ["a single server", sharedRedis],
  ["a cluster", sharedCluster],
] as const) {
  describe(`entries on ${name}`, () => {
    test("has the valid values with these fields, and no others", async () => {
      const moonpath = await openMoonpath({}, connect());
      const cache = moonpath.cache({
        pattern: "page:<site>:<path>",
        freshMs: 60_000,
        cacheTimeoutMs: 5_000,
        codec: textCodec(),
        tags: ({ path }) => [`path:${path}`],
      });
      const [acme, other] = [cache.tenant("acme"), cache.tenant("other")];
      const all = async (fields: { readonly site?: string; readonly path?: string }) => {
        const found: string[] = [];
        for await (const { name: entry, value } of acme.entries(fields)) found.push(`${entry} ${value}`);
        return found.sort();
      };
      for (const site of ["1", "10"]) {
        for (const path of ["a", "b*"]) await acme.set({ site, path }, `${site} ü ${path}`);
      }
      await other.set({ site: "1", path: "a" }, "of another tenant");
      const longer = moonpath.cache({
        pattern: "page:<site>:<path>:<part>",
        freshMs: 60_000,
        codec: textCodec(),
      });
      await longer.tenant("acme").set({ site: "1", path: "a", part: "c" }, "of a longer pattern");
      expect(await all({})).toEqual([
        "page:10:a 10 ü a",
        "page:10:b%2a 10 ü b*",
        "page:1:a 1 ü a",
        "page:1:b%2a 1 ü b*",
      ]);
      expect(await all({ site: "1" })).toHaveLength(2);
      expect(await all({ path: "b*" })).toHaveLength(2);
      await moonpath.tenant("acme").cache.invalidateTags(["path:a"]);
      expect(await all({})).toEqual(["page:10:b%2a 10 ü b*", "page:1:b%2a 1 ü b*"]);
      await moonpath.tenant("acme").cache.invalidateAll();
      expect(await all({})).toEqual([]);
    });
  });
}

test("entries refuses names that are no fields", async () => {
  const cache = (await openMoonpath()).cache({ pattern: "page:<path>", freshMs: 1_000, codec: textCodec() });
  const fields: object = { side: "a" };
  expect(await thrownBy(async () => cache.tenant("acme").entries(fields).next())).toMatchObject({
    argument: "fields",
  });
});

test("set takes another fresh time, and refuses one out of bounds", async () => {
  const redis = sharedRedis();
  const moonpath = await openMoonpath({}, redis);
  const acme = moonpath
    .cache({ pattern: "page:<path>", freshMs: 1_000, jitter: 0, codec: textCodec() })
    .tenant("acme");
  await acme.set({ path: "a" }, "text", { freshMs: 500_000 });
  const life = await redis.pttl(`${moonpath.namespace}:{acme:page:a}:cache`);
  expect(life).toBeLessThanOrEqual(500_000);
  expect(life).toBeGreaterThan(400_000);
  // Its token must live as long.
  expect(await redis.pttl(`${moonpath.namespace}:{acme:*}:cache-tag`)).toBeGreaterThanOrEqual(life);
  for (const freshMs of [0, 1.5, 1e15]) {
    expect(await thrownBy(() => acme.set({ path: "a" }, "text", { freshMs }))).toMatchObject({
      argument: "freshMs",
    });
  }
});
