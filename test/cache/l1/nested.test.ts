import { expect, test } from "vitest";
import { memoryL1 } from "../../../src/cache/l1/memory-l1.js";
import { createMoonpath } from "../../../src/index.js";
import { l1ConnectionsOf, pause } from "../../support/cache/l1-connections.js";
import { afterTest } from "../../support/cleanup.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";
import { eventually } from "../../support/wait.js";

const TIMES = { freshMs: 600_000, earlyRefresh: 0, cacheTimeoutMs: 2_000 };

/** A page that is made from a product, which L1 has. Another process changes both. */
async function setUp() {
  const namespace = freshNamespace();
  const redis = sharedRedis();
  const connections = l1ConnectionsOf(redis);
  const moonpath = createMoonpath(redis, { namespace, cache: { l1: memoryL1({ heartbeatMs: 60_000 }) } });
  const other = createMoonpath(sharedRedis(), { namespace });
  afterTest(
    () => moonpath.close(),
    () => other.close(),
  );
  await Promise.all([moonpath.ready(), other.ready()]);
  const source = { version: 1 };
  const products = {
    ...TIMES,
    pattern: "product:<product>",
    tags: ["products"],
    load: async () => ({ version: source.version }),
  } as const;
  const cached = moonpath.cache(products).tenant("acme");
  const pages = {
    ...TIMES,
    pattern: "page:<page>",
    tags: ["pages"],
    load: async () => ({ shows: (await cached.getOrLoad({ product: "lamp" }))?.version }),
  } as const;
  const page = () => moonpath.cache(pages).tenant("acme").getOrLoad({ page: "lamp" });
  const otherPage = () =>
    other
      .cache({ ...pages, load: async () => ({ shows: source.version }) })
      .tenant("acme")
      .getOrLoad({ page: "lamp" });
  await cached.getOrLoad({ product: "lamp" });
  await eventually("L1 listens", () => expect(connections.listener?.status).toBe("ready"));
  const { listener } = connections;
  if (!listener) throw new Error("L1 has no listening connection");
  await eventually("L1 has the product", async () => {
    const found = await cached.getOrLoad({ product: "lamp" });
    expect(await cached.getOrLoad({ product: "lamp" })).toBe(found);
  });
  const change = async () => {
    source.version++;
    for (const tag of ["products", "pages"]) await other.tenant("acme").cache.invalidateTags([tag]);
  };
  return { page, otherPage, change, listener };
}

test("a value that was made from an older one in L1 is not stored under newer tags", async () => {
  const { page, otherPage, change, listener } = await setUp();
  pause(listener);
  await change();
  // Its own process may show the old product until the message comes.
  expect(await page()).toEqual({ shows: 1 });
  expect(await otherPage()).toEqual({ shows: 2 });
});

test("after the messages have come, the value is stored", async () => {
  const { page, otherPage, change, listener } = await setUp();
  pause(listener);
  await change();
  setTimeout(() => listener.stream.resume(), 50);
  expect(await page()).toEqual({ shows: 2 });
  expect(await page()).toEqual({ shows: 2 });
  expect(await otherPage()).toEqual({ shows: 2 });
});
