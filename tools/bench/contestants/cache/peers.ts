import KeyvRedis from "@keyv/redis";
import { createCache as createDedupe } from "async-cache-dedupe";
import { BentoCache, bentostore } from "bentocache";
import { memoryDriver } from "bentocache/drivers/memory";
import { redisDriver } from "bentocache/drivers/redis";
import { createCache as createManager } from "cache-manager";
import { Cacheable } from "cacheable";
import { Redis } from "ioredis";
import { Keyv } from "keyv";
import type { Contestant, StartContestant } from "../contestant.js";
import { eachEntry, entryOf, expectProduct, HOUR_MS, productOf } from "./values.js";

/** What the bench calls of a peer. */
interface Peer {
  getOrLoad(id: number): Promise<unknown>;
  close(): unknown;
}

/** Starts a peer; entries of two peers have different names. */
export type StartPeer = (url: string) => Promise<Peer>;

/** Hits of stored entries. */
export function hits(startPeer: StartPeer): StartContestant {
  return async (url): Promise<Contestant> => {
    const { getOrLoad, close } = await startPeer(url);
    await eachEntry(getOrLoad);
    await eachEntry(getOrLoad);
    return {
      call: async (number) => {
        const id = entryOf(number);
        expectProduct(await getOrLoad(id), id);
      },
      close,
    };
  };
}

/** Entries that are absent, and loaded at once. */
export function misses(startPeer: StartPeer): StartContestant {
  return async (url): Promise<Contestant> => {
    const { getOrLoad, close } = await startPeer(url);
    const first = process.pid * 10_000_000;
    return {
      call: async (number) => expectProduct(await getOrLoad(first + number), first + number),
      close,
    };
  };
}

/** Bentocache with Redis, with tags or an L1 of its own. */
export function bentocache({
  tags = [],
  hasL1 = false,
}: {
  readonly tags?: readonly string[];
  readonly hasL1?: boolean;
}): StartPeer {
  return async (url) => {
    const connection = new Redis(url);
    const l2 = bentostore().useL2Layer(redisDriver({ connection }));
    const store = hasL1 ? l2.useL1Layer(memoryDriver({ maxSize: "64mb" })) : l2;
    const prefix = `bento-${tags.length}-${hasL1}`;
    const bento = new BentoCache({ default: "only", prefix, ttl: HOUR_MS, stores: { only: store } });
    return {
      getOrLoad: (id) =>
        bento.getOrSet({ key: `product:${id}`, factory: () => productOf(id), tags: [...tags] }),
      close: () => bento.disconnectAll(),
    };
  };
}

/** cacheable with Redis behind its memory, or with Redis alone. */
export function cacheable({ hasL1 = false }: { readonly hasL1?: boolean }): StartPeer {
  return async (url) => {
    const redis = new KeyvRedis(url, { namespace: `cacheable-${hasL1}` });
    const cache = hasL1
      ? new Cacheable({ secondary: redis, ttl: HOUR_MS })
      : new Cacheable({ primary: redis, ttl: HOUR_MS });
    return {
      getOrLoad: (id) => cache.getOrSet(`product:${id}`, async () => productOf(id)),
      close: () => cache.disconnect(),
    };
  };
}

/** cache-manager with Redis. */
export const cacheManager: StartPeer = async (url) => {
  const stores = [new Keyv({ store: new KeyvRedis(url, { namespace: "manager" }) })];
  const cache = createManager({ stores, ttl: HOUR_MS });
  return {
    getOrLoad: (id) => cache.wrap(`product:${id}`, async () => productOf(id)),
    close: () => cache.disconnect(),
  };
};

/** async-cache-dedupe with Redis. */
export const asyncCacheDedupe: StartPeer = async (url) => {
  const client = new Redis(url);
  const load = async (id: number) => productOf(id);
  const cache = createDedupe({
    ttl: HOUR_MS / 1_000,
    storage: { type: "redis", options: { client } },
  }).define("product", load);
  return { getOrLoad: (id) => cache.product(id), close: () => client.disconnect() };
};
