import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import * as keys from "../../generated/ts/keys.js";
import { createMoonpath, type Moonpath } from "../../src/index.js";
import { redisFromUrl, startProxy, startReplicaPair } from "../../src/testing/index.js";
import { moment, openTwo, timed } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { startOwn } from "../support/own-server.js";
import { freshNamespace } from "../support/redis.js";
import { eventually } from "../support/wait.js";

const lamp = { product: "lamp" };
const RECOVERY_MS = 2_000;

/** A client behind a proxy, and another one that is not. */
async function withProxy() {
  const server = await startOwn();
  const proxy = await startProxy(server);
  const redis = connectTo(proxy.url);
  const direct = connectTo(server.url);
  const namespace = freshNamespace();
  const errors: Error[] = [];
  const moonpath = createMoonpath(redis, { namespace, cache: { onError: (error) => errors.push(error) } });
  const other = createMoonpath(direct, { namespace });
  afterTest(
    () => proxy.stop(),
    () => {
      for (const client of [moonpath, other]) client.close();
      for (const client of [redis, direct]) client.disconnect();
    },
  );
  await Promise.all([moonpath.ready(), other.ready()]);
  return { server, proxy, moonpath, other, direct, errors };
}

function connectTo(url: string): Redis {
  const redis = redisFromUrl(url, { retryStrategy: () => 50 });
  if (!(redis instanceof Redis)) throw new Error("it is one server");
  redis.on("error", () => {});
  return redis;
}

function productsOf(moonpath: Moonpath, source: { version: number }) {
  const cache = moonpath.cache({
    pattern: "product:<product>",
    cacheTimeoutMs: 10_000,
    freshMs: 60_000,
    staleMs: 60_000,
    earlyRefresh: 0,
    tags: ["brand"],
    load: async () => ++source.version && source.version,
  });
  return cache.tenant("acme");
}

async function filled(acme: ReturnType<typeof productsOf>): Promise<void> {
  await acme.getOrLoad(lamp);
  await eventually("it is stored", async () => expect(await acme.exists(lamp)).toBe(true));
}

describe("an invalidation that Redis has not confirmed", () => {
  for (const [name, invalidate] of [
    ["a key", (_moonpath, acme) => acme.invalidate(lamp, { deadlineMs: 100 })],
    ["a tag", (moonpath) => moonpath.tenant("acme").cache.invalidateTags(["brand"], { deadlineMs: 100 })],
    ["the tenant", (moonpath) => moonpath.tenant("acme").cache.invalidateAll({ deadlineMs: 100 })],
  ] as const satisfies readonly (readonly [
    string,
    (moonpath: Moonpath, acme: ReturnType<typeof productsOf>) => Promise<"done" | "pending">,
  ])[]) {
    test(`of ${name}: this process loads, and all is right soon after the return`, async () => {
      const { proxy, moonpath, other, errors } = await withProxy();
      const source = { version: 0 };
      const [acme, theirs] = [productsOf(moonpath, source), productsOf(other, source)];
      await filled(acme);
      proxy.blackHole();
      expect(await invalidate(moonpath, acme)).toBe("pending");
      expect(errors[0]).toMatchObject({ code: "OUTCOME_UNKNOWN" });
      const least = source.version;
      for (let call = 0; call < 3; call++) expect(await acme.getOrLoad(lamp)).toBeGreaterThan(least);
      expect(await acme.get(lamp)).toBeUndefined();
      // Another process does not know of it.
      expect(await theirs.get(lamp)).toBe(1);
      proxy.heal();
      const { ms } = await timed(() =>
        eventually("the other process sees it", async () => {
          expect((await theirs.get(lamp)) ?? 99).toBeGreaterThan(least);
          expect(await acme.getOrLoad(lamp)).toBeGreaterThan(least);
        }),
      );
      expect(ms).toBeLessThan(RECOVERY_MS);
      await eventually(
        "it is stored again",
        async () => {
          await acme.getOrLoad(lamp);
          expect(await acme.exists(lamp)).toBe(true);
        },
        RECOVERY_MS,
      );
      const kept = await acme.get(lamp);
      expect(kept).toBeGreaterThan(least);
      expect(await theirs.getOrLoad(lamp)).toBe(kept);
    });
  }

  test("is repeated although others before it fail again and again", async () => {
    const { moonpath, direct } = await withProxy();
    const acme = productsOf(moonpath, { version: 0 });
    const scope = { namespace: moonpath.namespace, tenant: "acme" };
    // A block of another type makes the script fail.
    const names = Array.from({ length: 70 }, (_, place) => `p${place}`);
    const blocks = names.map((name) => keys.cacheBlock(scope, `product:${name}`));
    for (const block of blocks) await direct.set(block, "wrong");
    for (const product of names) expect(await acme.invalidate({ product })).toBe("pending");
    await direct.del(blocks.at(-1) ?? "");
    const last = { product: names.at(-1) ?? "" };
    await eventually(
      "the last one is confirmed",
      async () => {
        await acme.getOrLoad(last);
        expect(await acme.exists(last)).toBe(true);
      },
      4_000,
    );
    await direct.del(...blocks);
    await eventually("all are confirmed", async () => {
      await acme.warm(names.map((product) => ({ product })));
      const exist = await Promise.all(names.map((product) => acme.exists({ product })));
      expect(exist.every(Boolean)).toBe(true);
    });
  });

  test("ends with the client", async () => {
    const { server, moonpath } = await withProxy();
    const acme = productsOf(moonpath, { version: 0 });
    await server.stop();
    expect(await acme.invalidate(lamp, { deadlineMs: 50 })).toBe("pending");
    moonpath.close();
    await moment(100);
    expect(await acme.getOrLoad(lamp)).toBe(1);
  });
});

describe("an invalidation with a wrong argument", () => {
  test("is an ARGUMENT error, and is not repeated after a reconnect", async () => {
    const { proxy, moonpath } = await withProxy();
    const acme = productsOf(moonpath, { version: 0 });
    const { cache } = moonpath.tenant("acme");
    await expect(cache.invalidateTags(["{x}"])).rejects.toMatchObject({ code: "ARGUMENT" });
    await expect(acme.invalidate(lamp, { settleMs: -1 })).rejects.toMatchObject({ code: "ARGUMENT" });
    proxy.cut();
    await eventually(
      "it is stored, so nothing is pending",
      async () => {
        await acme.getOrLoad(lamp);
        expect(await acme.exists(lamp)).toBe(true);
      },
      3_000,
    );
  });
});

describe("replicas", () => {
  test("minReplicas that do not answer: pending until they do", { timeout: 30_000 }, async () => {
    const pair = await startReplicaPair();
    afterTest(() => pair.stop());
    const redis = connectTo(pair.primary.url);
    const moonpath = createMoonpath(redis, { namespace: freshNamespace() });
    afterTest(() => {
      moonpath.close();
      redis.disconnect();
    });
    const source = { version: 0 };
    const acme = productsOf(moonpath, source);
    await filled(acme);
    await eventually("the replica acknowledges", async () => {
      expect(await acme.invalidate(lamp, { minReplicas: 1 })).toBe("done");
    });
    await filled(acme);
    await pair.replica.kill("SIGSTOP");
    afterTest(() => pair.replica.kill("SIGCONT"));
    expect(await acme.invalidate(lamp, { minReplicas: 1, deadlineMs: 300 })).toBe("pending");
    // The replica may become the primary, so the repeated call needs it too.
    await moment(1_500);
    const least = source.version;
    expect(await acme.getOrLoad(lamp)).toBeGreaterThan(least);
    expect(await acme.getOrLoad(lamp)).toBeGreaterThan(least + 1);
    await pair.replica.kill("SIGCONT");
    await eventually(
      "it is confirmed",
      async () => {
        await acme.getOrLoad(lamp);
        expect(await acme.exists(lamp)).toBe(true);
      },
      5_000,
    );
  });
});

test("two processes invalidate one key at a time, and both see the newer value", async () => {
  const [one, two] = await openTwo();
  const source = { version: 0 };
  const [a, b] = [productsOf(one, source), productsOf(two, source)];
  await filled(a);
  for (let round = 0; round < 20; round++) {
    const least = source.version;
    expect(await Promise.all([a.invalidate(lamp), b.invalidate(lamp)])).toEqual(["done", "done"]);
    expect(await a.getOrLoad(lamp)).toBeGreaterThan(least);
    expect(await b.getOrLoad(lamp)).toBeGreaterThan(least);
  }
});
