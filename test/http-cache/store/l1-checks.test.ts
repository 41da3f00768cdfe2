import { memoryL1 } from "moonpath/l1";
import { expect, test } from "vitest";
import { createHttpCache, type HttpCacheOptions, policy } from "../../../src/http-cache/index.js";
import { createMoonpath } from "../../../src/index.js";
import { startProxy } from "../../../src/testing/index.js";
import { l1ConnectionsOf, type Place, pause } from "../../support/cache/l1-connections.js";
import { afterTest } from "../../support/cleanup.js";
import { eachAdapter, get } from "../../support/http-cache/site.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";
import { eventually } from "../../support/wait.js";

const OPTIONS = {
  tenant: "acme",
  policies: {
    product: policy({
      path: "/products/:product",
      freshMs: 60_000,
      tags: ({ path }) => [`product:${path.product}`],
    }),
  },
  cacheTimeoutMs: 2_000,
} as const satisfies HttpCacheOptions;

/** A site with a page in L1, and another process that changes the page. */
async function setUp(checksL1: boolean, readsAt?: Place) {
  const [, start] = eachAdapter[0] ?? [];
  if (!start) throw new Error("there is no adapter");
  const namespace = freshNamespace();
  const redis = sharedRedis();
  const ofL1 = l1ConnectionsOf(redis, readsAt);
  const moonpath = createMoonpath(redis, { namespace, cache: { l1: memoryL1({ heartbeatMs: 60_000 }) } });
  const other = createMoonpath(sharedRedis(), { namespace });
  afterTest(
    () => moonpath.close(),
    () => other.close(),
  );
  await Promise.all([moonpath.ready(), other.ready()]);
  let version = 1;
  const site = await start(createHttpCache(moonpath, { ...OPTIONS, checksL1 }), () => ({
    body: `version ${version}`,
  }));
  const url = `${site.url}/products/lamp`;
  await get(url);
  await eventually("L1 listens", () => expect(ofL1.listener?.status).toBe("ready"));
  const { reader, listener } = ofL1;
  if (!reader || !listener) throw new Error("L1 has no connections");
  await get(url);
  await get(url);
  const changes = createHttpCache(other, OPTIONS);
  const change = async () => {
    version++;
    await changes.invalidateTags(["product:lamp"]);
  };
  return { url, reader, listener, change };
}

test("while the messages of L1 are late, its answers do not count", async () => {
  const { url, listener, change } = await setUp(true);
  pause(listener);
  await change();
  expect((await get(url)).text).toBe("version 2");
});

test("without the comparison, L1 answers until the message arrives", async () => {
  const { url, listener, change } = await setUp(false);
  pause(listener);
  await change();
  expect((await get(url)).text).toBe("version 1");
});

test("a reading connection that is gone gets no messages, so L1 does not answer", async () => {
  const admin = sharedRedis();
  const { host = "127.0.0.1", port = 6379, password } = admin.options;
  const proxy = await startProxy({ host, port, ...(typeof password === "string" ? { password } : {}) });
  afterTest(() => proxy.stop());
  const { url, reader, change } = await setUp(true, proxy);
  const id = await reader.client("ID");
  // The process learns of the end much later.
  proxy.delay(60_000);
  await admin.client("KILL", "ID", String(id));
  await change();
  expect((await get(url)).text).toBe("version 2");
});

test("after the messages have come, L1 answers again", async () => {
  const { url, listener, change } = await setUp(true);
  pause(listener);
  await change();
  await get(url);
  listener.stream.resume();
  expect((await get(url)).text).toBe("version 2");
  const hit = await get(url);
  expect(hit.cache).toContain("hit");
});
