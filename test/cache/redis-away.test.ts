import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { memoryL1 } from "../../src/cache/l1/memory-l1.js";
import { createMoonpath, type MoonpathOptions } from "../../src/index.js";
import { redisFromUrl, startProxy } from "../../src/testing/index.js";
import { MARGIN_MS, moment, timed, unhandledRejections } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { startOwn } from "../support/own-server.js";
import { eventually } from "../support/wait.js";

const CACHE_TIMEOUT_MS = 150;
const LOAD_MS = 30;
const LIMIT_MS = CACHE_TIMEOUT_MS + LOAD_MS + MARGIN_MS;
const RECOVERY_MS = 2_000;

/** A cache on this address; its loader takes a moment. */
function open(url: string, options: MoonpathOptions = {}) {
  const redis = redisFromUrl(url, { retryStrategy: () => 50 });
  if (!(redis instanceof Redis)) throw new Error("it is one server");
  redis.on("error", () => {});
  const moonpath = createMoonpath(redis, options);
  afterTest(() => {
    moonpath.close();
    redis.disconnect();
  });
  const state = { loads: 0 };
  const cache = moonpath.cache({
    pattern: "product:<product>",
    freshMs: 60_000,
    cacheTimeoutMs: CACHE_TIMEOUT_MS,
    earlyRefresh: 0,
    tags: ["brand"],
    load: async ({ product }) => {
      state.loads++;
      await moment(LOAD_MS);
      return { product, load: state.loads };
    },
  });
  return { moonpath, acme: cache.tenant("acme"), state };
}

type Opened = ReturnType<typeof open>;

/** A connection for commands. */
function commandsOf(url: string): Redis {
  const redis = redisFromUrl(url);
  if (!(redis instanceof Redis)) throw new Error("it is one server");
  afterTest(() => redis.disconnect());
  return redis;
}

/** Calls one after the other: each ends in time, and most of them do not wait for Redis. */
async function answersInTime({ acme }: Opened, calls = 12): Promise<void> {
  const times: number[] = [];
  for (let call = 0; call < calls; call++) {
    const { result, ms } = await timed(() => acme.getOrLoad({ product: `away-${call}` }));
    expect(result?.product).toBe(`away-${call}`);
    times.push(ms);
  }
  expect(Math.max(...times)).toBeLessThan(LIMIT_MS);
}

/** While one call asks Redis, the others are answered by the loader alone. */
async function circuitIsOpen({ acme }: Opened): Promise<void> {
  const probe = acme.getOrLoad({ product: "probe" });
  await moment(5);
  const { ms } = await timed(() =>
    Promise.all(Array.from({ length: 30 }, (_, place) => acme.getOrLoad({ product: `open-${place}` }))),
  );
  expect(ms).toBeLessThan(CACHE_TIMEOUT_MS);
  await probe;
}

/** The time until a value is stored and read again. */
async function recovered({ acme }: Opened): Promise<number> {
  const { ms } = await timed(() =>
    eventually("values are stored again", async () => {
      await acme.getOrLoad({ product: "after" });
      expect(await acme.exists({ product: "after" })).toBe(true);
    }),
  );
  expect(ms).toBeLessThan(RECOVERY_MS);
  return ms;
}

describe("the loader answers in time, and the cache comes back by itself", () => {
  test("when Redis was never reachable, and starts later", async () => {
    const unhandled = unhandledRejections();
    const server = await startOwn();
    await server.kill();
    const opened = open(server.url);
    await answersInTime(opened);
    await circuitIsOpen(opened);
    await server.restart();
    const ms = await recovered(opened);
    process.stdout.write(`recovery after a start: ${ms.toFixed(0)} ms\n`);
    expect(unhandled).toEqual([]);
  });

  test("when the network swallows everything", async () => {
    const unhandled = unhandledRejections();
    const proxy = await startProxy(await startOwn());
    afterTest(() => proxy.stop());
    const opened = open(proxy.url);
    await opened.moonpath.ready();
    await recovered(opened);
    proxy.blackHole();
    await answersInTime(opened);
    await circuitIsOpen(opened);
    // 200 callers of one key share what the loader does.
    const before = opened.state.loads;
    const { ms: together } = await timed(() =>
      Promise.all(Array.from({ length: 200 }, () => opened.acme.getOrLoad({ product: "hot" }))),
    );
    expect(together).toBeLessThan(LIMIT_MS + LOAD_MS);
    expect(opened.state.loads - before).toBeLessThanOrEqual(2);
    proxy.heal();
    await opened.acme.invalidate({ product: "after" });
    const ms = await recovered(opened);
    process.stdout.write(`recovery after a black hole: ${ms.toFixed(0)} ms\n`);
    expect(unhandled).toEqual([]);
  });

  test("when the server is suspended, with L1 and invalidations", async () => {
    const unhandled = unhandledRejections();
    const server = await startOwn();
    const opened = open(server.url, { cache: { l1: memoryL1({ heartbeatMs: 300 }) } });
    await opened.moonpath.ready();
    const { acme, moonpath, state } = opened;
    const lamp = { product: "lamp" };
    const inL1 = () =>
      eventually("L1 answers", async () => {
        const found = await acme.getOrLoad(lamp);
        expect(await acme.getOrLoad(lamp)).toBe(found);
      });
    await inL1();
    await server.kill("SIGSTOP");
    afterTest(() => server.kill("SIGCONT"));
    expect(await moonpath.tenant("acme").cache.invalidateTags(["brand"], { deadlineMs: 50 })).toBe("pending");
    const before = state.loads;
    const { result, ms } = await timed(() => acme.getOrLoad(lamp));
    expect(result?.load).toBeGreaterThan(before);
    expect(ms).toBeLessThan(LIMIT_MS);
    await answersInTime(opened);
    await circuitIsOpen(opened);
    await server.kill("SIGCONT");
    const recovery = await recovered(opened);
    process.stdout.write(`recovery after SIGSTOP: ${recovery.toFixed(0)} ms\n`);
    await inL1();
    expect((await acme.getOrLoad(lamp))?.load).toBeGreaterThan(before);
    expect(unhandled).toEqual([]);
  });

  for (const l1 of [undefined, memoryL1()]) {
    test(`a reading that is answered too late leaves no lease, ${l1 ? "with" : "without"} L1`, async () => {
      const server = await startOwn();
      const opened = open(server.url, { namespace: "late", cache: { l1 } });
      const other = open(server.url, { namespace: "late" });
      await Promise.all([opened.moonpath.ready(), other.moonpath.ready()]);
      // The server has forgotten all scripts but those that follow.
      await commandsOf(server.url).script("FLUSH");
      await recovered(opened);
      await server.kill("SIGSTOP");
      afterTest(() => server.kill("SIGCONT"));
      await answersInTime(opened, 3);
      // Longer than the call that gives the lease back.
      await moment(1_500);
      await server.kill("SIGCONT");
      await eventually("Redis answers", async () => {
        expect(
          await other.moonpath.tenant("acme").scripts.cache.peek({ entry: "product:away-0" }),
        ).toBeDefined();
      });
      const redis = commandsOf(server.url);
      // Well before they would end by themselves.
      await eventually(
        "the leases are given back",
        async () => expect(await redis.keys("*:cache-lease")).toEqual([]),
        RECOVERY_MS,
      );
      for (let call = 0; call < 3; call++) {
        const { ms } = await timed(() => other.acme.getOrLoad({ product: `away-${call}` }));
        expect(ms).toBeLessThan(LIMIT_MS);
      }
    });
  }

  test("a slow Redis takes cacheTimeoutMs of a caller's time, not more", async () => {
    const proxy = await startProxy(await startOwn());
    afterTest(() => proxy.stop());
    const opened = open(proxy.url);
    await opened.moonpath.ready();
    await recovered(opened);
    await opened.moonpath.tenant("acme").cache.invalidateAll();
    await moment(50);
    // A round trip takes most of the time, and a load with new tags needs two.
    proxy.delay(CACHE_TIMEOUT_MS * 0.4);
    const times: number[] = [];
    for (let tenant = 0; tenant < 5; tenant++) {
      const cold = opened.moonpath.cache({
        pattern: "cold:<product>",
        freshMs: 60_000,
        cacheTimeoutMs: CACHE_TIMEOUT_MS,
        tags: ({ product }) => [`new-${product}`],
        load: async () => "value",
      });
      const { ms } = await timed(() => cold.tenant(`t${tenant}`).getOrLoad({ product: `p${tenant}` }));
      times.push(ms);
    }
    // The quickest one, because a busy machine adds time to some of them.
    expect(Math.min(...times)).toBeLessThan(CACHE_TIMEOUT_MS * 1.3);
  });
});
