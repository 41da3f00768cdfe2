import { describe, expect, test } from "vitest";
import { memoryL1 } from "../../src/cache/l1/memory-l1.js";
import { moment, openMoonpath, thrownBy, unhandledRejections } from "../support/cache/kit.js";
import { sharedCluster, sharedRedis } from "../support/redis.js";

const odd: readonly unknown[] = ["", "{a}", "a\tb", "a\nb", "*", "x".repeat(257), "\ud800", 7, null];

// Each way reads tags with other commands.
test("a rejected promise of tags is handled", async () => {
  const unhandled = unhandledRejections();
  const wrong = async () => Promise.reject(new Error("no tags"));
  const tags = wrong as unknown as () => readonly string[];
  const cache = (await openMoonpath()).cache({
    pattern: "p:<id>",
    freshMs: 1_000,
    tags,
    load: async () => 1,
  });
  expect(await thrownBy(() => cache.tenant("acme").getOrLoad({ id: 1 }))).toMatchObject({ argument: "tags" });
  await moment(20);
  expect(unhandled).toEqual([]);
});

describe.each([
  ["one server", sharedRedis, {}],
  ["a cluster", sharedCluster, {}],
  ["L1", sharedRedis, { cache: { l1: memoryL1() } }],
])("with %s, a tag that is no part of a key is an ARGUMENT error", (_, connect, options) => {
  test.each(odd.map((tag) => [tag]))("%j", async (tag) => {
    const moonpath = await openMoonpath(options, connect());
    let loads = 0;
    const list = [tag] as readonly string[];
    const definition = {
      pattern: "product:<product>",
      freshMs: 60_000,
      cacheTimeoutMs: 10_000,
      load: async () => ++loads,
    } as const;
    const lamp = { product: "lamp" };
    const acme = moonpath.cache({ ...definition, tags: () => list }).tenant("acme");
    const expected = { code: "ARGUMENT", argument: "tags" };
    expect(await thrownBy(() => acme.getOrLoad(lamp))).toMatchObject(expected);
    expect(await thrownBy(() => acme.getMany([lamp]))).toMatchObject(expected);
    expect(await thrownBy(() => acme.set(lamp, 1))).toMatchObject(expected);
    expect(await thrownBy(() => acme.writeThrough(lamp, async () => ++loads))).toMatchObject(expected);
    expect(await thrownBy(() => acme.writeAround([lamp], async () => ++loads))).toMatchObject(expected);
    const all = moonpath.tenant("acme").cache;
    expect(await thrownBy(() => all.invalidateTags(list))).toMatchObject(expected);
    expect(loads).toBe(0);
    const tagging = moonpath
      .cache({
        ...definition,
        pattern: "list:<list>",
        loaderTags: true,
        load: async (_fields, context) => {
          context.tag(...list);
          return 1;
        },
      })
      .tenant("acme");
    expect(await thrownBy(() => tagging.getOrLoad({ list: "all" }))).toMatchObject(expected);
  });
});
