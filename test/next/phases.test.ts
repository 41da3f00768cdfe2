import { Redis } from "ioredis";
import { describe, expect, test, vi } from "vitest";
import { createMoonpath } from "../../src/index.js";
import { createNextCache } from "../../src/next/index.js";
import { redisFromUrl } from "../../src/testing/index.js";
import { afterTest } from "../support/cleanup.js";
import { openIn, resultOf, textOf } from "../support/next/handlers.js";
import { startOwn } from "../support/own-server.js";
import { freshNamespace } from "../support/redis.js";
import { eventually } from "../support/wait.js";

describe("in the build", () => {
  test("no client is made, and results are kept in the process", async () => {
    vi.stubEnv("NEXT_PHASE", "phase-production-build");
    afterTest(() => vi.unstubAllEnvs());
    const makeClient = vi.fn(() => ({}));
    const next = createNextCache(makeClient, { name: freshNamespace() });
    const { useCacheHandler: results } = next;
    const pages = new next.cacheHandler({});
    expect(await results.get("k", [])).toBeUndefined();
    await results.set("k", Promise.resolve(resultOf("built")));
    for (let reader = 0; reader < 2; reader++) expect(await textOf(await results.get("k", []))).toBe("built");
    await results.updateTags(["a"]);
    await results.refreshTags();
    const fetched = { kind: "FETCH", data: { body: "a" }, revalidate: 60 };
    await pages.set("f", fetched, { fetchCache: true });
    expect((await pages.get("f", { kind: "FETCH" }))?.value).toEqual(fetched);
    await pages.set("/page", { kind: "APP_PAGE", html: "" }, {});
    expect(await pages.get("/page", { kind: "APP_PAGE" })).toBeNull();
    await pages.revalidateTag("a");
    expect(await next.registerInitialCache()).toEqual({ outcome: "done", stored: 0, left: 0 });
    expect(makeClient).not.toHaveBeenCalled();
  });

  test("what is kept is bounded", async () => {
    vi.stubEnv("NEXT_PHASE", "phase-production-build");
    afterTest(() => vi.unstubAllEnvs());
    const next = createNextCache(() => ({}), { name: freshNamespace(), maxBytes: 4_000_000 });
    const { useCacheHandler: results } = next;
    for (let key = 0; key < 20; key++)
      await results.set(`k${key}`, Promise.resolve(resultOf("x".repeat(3_900_000))));
    expect(await results.get("k0", [])).toBeUndefined();
    expect(await results.get("k19", [])).toBeDefined();
    await results.set("large", Promise.resolve(resultOf("x".repeat(4_000_001))));
    expect(await results.get("large", [])).toBeUndefined();
  });
});

describe("without Redis", () => {
  test("each call ends soon, and none rejects; path revalidations are sent when it is back", async () => {
    const server = await startOwn();
    const redis = redisFromUrl(server.url, { maxRetriesPerRequest: 1 });
    redis.on("error", () => undefined);
    afterTest(() => redis.disconnect());
    const next = createNextCache(() => createMoonpath(redis, { namespace: "n" }), {
      name: freshNamespace(),
      buildId: "b",
      cacheTimeoutMs: 2_000,
    });
    afterTest(() => next.close());
    const { useCacheHandler: results } = next;
    const pages = new next.cacheHandler({});
    expect(await results.get("k", ["_N_T_/lamp"])).toBeUndefined();
    await results.set("k", Promise.resolve(resultOf("old")));
    expect(await textOf(await results.get("k", ["_N_T_/lamp"]))).toBe("old");
    await server.stop();
    const startedAt = performance.now();
    expect(await results.get("k", [])).toBeUndefined();
    await results.set("k", Promise.resolve(resultOf("unstored")));
    expect(await pages.get("/lamp", { kind: "APP_PAGE" })).toBeNull();
    await pages.set("/lamp", { kind: "APP_PAGE", html: "" }, { cacheControl: { revalidate: 60 } });
    // Two readings of at most two seconds, on a busy machine.
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    await results.updateTags(["_N_T_/lamp"]);
    expect(await results.get("k", ["_N_T_/lamp"])).toBeUndefined();
  });
});

test("a path whose revalidation Redis has not confirmed: this process serves nothing of it", async () => {
  const server = await startOwn();
  const connect = () => {
    const redis = redisFromUrl(server.url);
    if (!(redis instanceof Redis)) throw new Error("one server");
    afterTest(() => redis.disconnect());
    return redis;
  };
  const [results, others] = [connect(), connect()].map((redis) => {
    const next = createNextCache(() => createMoonpath(redis, { namespace: "n" }), {
      name: freshNamespace(),
      buildId: "b",
      cacheTimeoutMs: 1_000,
    });
    afterTest(() => next.close());
    return next.useCacheHandler;
  });
  if (!results || !others) throw new Error("no handlers");
  const path = ["_N_T_/lamp"];
  await eventually("it is stored", async () => {
    if (await results.get("k", path)) return;
    await results.set("k", Promise.resolve(resultOf("old")));
    expect(await textOf(await results.get("k", path))).toBe("old");
  });
  // Readings go on, and scripts that may write wait.
  const operator = connect();
  await operator.call("CLIENT", "PAUSE", "60000", "WRITE");
  await results.updateTags(path);
  expect(await results.get("k", path)).toBeUndefined();
  await operator.call("CLIENT", "UNPAUSE");
  await eventually("the others have it", async () => expect(await others.get("k", path)).toBeUndefined());
});

describe("one cache of each name", () => {
  test("the file may be loaded twice", () => {
    const name = freshNamespace();
    const one = openIn("n", { name });
    expect(openIn("n", { name }).next).toBe(one.next);
    one.next.close();
    expect(openIn("n", { name }).next).not.toBe(one.next);
  });

  test.each([
    [{ tenant: "a b" }, /tenant/],
    [{ maxBytes: 0 }, /argument maxBytes/],
    [{ maxKeepMs: 5 }, /argument maxKeepMs/],
    [{ buildId: "" }, /argument buildId/],
    [{ onEror: 1 }, /argument onEror: this option does not exist; the nearest is onError/],
  ])("bad options: %o", async (options, message) => {
    const name = freshNamespace();
    const make = () => {
      const next = createNextCache(() => openIn("n").moonpath, { name, buildId: "b", ...options });
      new next.cacheHandler({}).resetRequestCache();
    };
    expect(make).toThrow(message);
  });
});
