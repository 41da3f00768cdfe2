import { expect, test } from "vitest";
import { memoryL1 } from "../../src/cache/l1/memory-l1.js";
import { type CacheOptions, createMoonpath } from "../../src/index.js";
import { startWatchedPair, type WatchedPair } from "../support/cache/failover.js";
import { moment } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { freshNamespace } from "../support/redis.js";
import { eventually } from "../support/wait.js";

const lamp = { product: "lamp" };
const TIME = { timeout: 90_000 };

async function setUp() {
  const pair = await startWatchedPair();
  const namespace = freshNamespace();
  const source = { version: 1 };
  const open = async (options: CacheOptions = {}) => opened(pair, namespace, source, options);
  const [changer, reader] = await Promise.all([open(), open({ l1: memoryL1({ heartbeatMs: 300 }) })]);
  await eventually("L1 answers", async () => {
    const found = await reader.acme.getOrLoad(lamp);
    expect(await reader.acme.getOrLoad(lamp)).toBe(found);
  });
  await pair.synced();
  return { pair, source, changer, reader };
}

async function opened(
  pair: WatchedPair,
  namespace: string,
  source: { version: number },
  options: CacheOptions,
) {
  const moonpath = createMoonpath(pair.connect(), { namespace, cache: options });
  afterTest(() => moonpath.close());
  await moonpath.ready();
  const products = moonpath.cache({
    pattern: "product:<product>",
    freshMs: 600_000,
    earlyRefresh: 0,
    tags: ["brand"],
    load: async () => ({ version: source.version }),
  });
  return { moonpath, acme: products.tenant("acme"), cache: moonpath.tenant("acme").cache };
}

test(
  "an invalidation that the replica has confirmed survives a failover, also if its process dies",
  TIME,
  async () => {
    const { pair, source, changer, reader } = await setUp();
    source.version++;
    expect(await changer.acme.invalidate(lamp, { minReplicas: 1, deadlineMs: 10_000 })).toBe("done");
    expect(await changer.cache.invalidateTags(["brand"], { minReplicas: 1, deadlineMs: 10_000 })).toBe(
      "done",
    );
    // Nobody repeats them.
    changer.moonpath.close();
    await pair.failOver();
    for (let call = 0; call < 5; call++) {
      expect(await reader.acme.getOrLoad(lamp)).toEqual({ version: source.version });
      await moment(50);
    }
  },
);

test(
  "with minReplicas, an invalidation that a failover loses was pending, and is repeated",
  TIME,
  async () => {
    const { pair, source, changer, reader } = await setUp();
    pair.cutOff();
    source.version++;
    expect(await changer.acme.invalidate(lamp, { minReplicas: 1, deadlineMs: 300 })).toBe("pending");
    await pair.failOver();
    await eventually("nothing old is answered", async () => {
      expect(await reader.acme.getOrLoad(lamp)).toEqual({ version: source.version });
    });
    await stays(reader.acme, source.version);
  },
);

for (const kind of ["entry", "tag", "tenant"] as const) {
  test(
    `without minReplicas, the process repeats its invalidation of the ${kind} after the failover`,
    TIME,
    async () => {
      const { pair, source, changer, reader } = await setUp();
      pair.cutOff();
      source.version++;
      const outcome = await {
        entry: () => changer.acme.invalidate(lamp),
        tag: () => changer.cache.invalidateTags(["brand"]),
        tenant: () => changer.cache.invalidateAll(),
      }[kind]();
      expect(outcome).toBe("done");
      await pair.failOver();
      await eventually("nothing old is answered", async () => {
        expect(await reader.acme.getOrLoad(lamp)).toEqual({ version: source.version });
      });
      await stays(reader.acme, source.version);
    },
  );
}

/** The new value is stored, and stays. */
async function stays(acme: Awaited<ReturnType<typeof opened>>["acme"], version: number): Promise<void> {
  await eventually("it is stored", async () => {
    await acme.getOrLoad(lamp);
    expect(await acme.get(lamp)).toEqual({ version });
  });
  for (let call = 0; call < 5; call++) {
    expect(await acme.getOrLoad(lamp)).toEqual({ version });
    await moment(50);
  }
}
