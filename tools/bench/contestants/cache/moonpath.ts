import type { CacheDefinition } from "../../../../src/cache/definition.js";
import { memoryL1 } from "../../../../src/cache/l1/memory-l1.js";
import { createMoonpath } from "../../../../src/index.js";
import { redisFromUrl } from "../../../../src/testing/redis/connection.js";
import type { Contestant, StartContestant } from "../contestant.js";
import { NAMESPACE, TENANT } from "../moonpath.js";
import { ENTRIES, eachEntry, entryOf, expectProduct, HOUR_MS, type Product, productOf } from "./values.js";

interface Setup {
  /** Two sides that share a server need two patterns. */
  readonly kind: string;
  readonly tags?: readonly string[];
  readonly hasL1?: boolean;
}

type Definition = CacheDefinition<`${string}:<id>`, Product>;

function start(
  { kind, tags = [], hasL1 = false }: Setup,
  use: (cache: ReturnType<typeof cacheOf>) => Promise<Omit<Contestant, "close">>,
  more: Partial<Definition> = {},
): StartContestant {
  return async (url) => {
    const redis = redisFromUrl(url);
    const options = hasL1 ? { cache: { l1: memoryL1() } } : {};
    const moonpath = createMoonpath(redis, { namespace: NAMESPACE, ...options });
    await moonpath.ready();
    const used = await use(cacheOf(moonpath, { kind, tags }, more));
    return {
      ...used,
      close: () => {
        moonpath.close();
        redis.disconnect();
      },
    };
  };
}

function cacheOf(
  { cache }: ReturnType<typeof createMoonpath>,
  { kind, tags }: Setup,
  more: Partial<Definition>,
) {
  const definition: Definition = {
    pattern: `${kind}:<id>`,
    freshMs: HOUR_MS,
    cacheTimeoutMs: 60_000,
    tags,
    load: async ({ id }) => productOf(Number(id)),
    ...more,
  };
  return cache(definition).tenant(TENANT);
}

/** Hits of stored entries. */
export function hits(setup: Setup): StartContestant {
  return start(setup, async (cache) => {
    const get = (id: number) => cache.getOrLoad({ id });
    // The second reading finds the entry, and L1 keeps what was found.
    for (let round = 0; round < 3; round++) await eachEntry(get);
    return {
      call: async (number) => {
        const id = entryOf(number);
        expectProduct(await get(id), id);
      },
    };
  });
}

/** Answers that are stale, while a load that does not end refreshes each entry. */
export const staleHits: StartContestant = start(
  { kind: "stale" },
  async (cache) => {
    const STALE = 64;
    await eachEntry((id) => cache.set({ id }, productOf(id)), STALE);
    await eachEntry((id) => cache.expire({ id }), STALE);
    return {
      call: async (number) => {
        const id = number % STALE;
        expectProduct(await cache.getOrLoad({ id }), id);
      },
    };
  },
  {
    staleMs: HOUR_MS,
    maxLoads: 64,
    loadTimeoutMs: HOUR_MS,
    load: (_fields, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  },
);

/** Entries that are absent, and loaded at once. */
export const misses: StartContestant = start({ kind: "miss" }, async (cache) => {
  const first = process.pid * 10_000_000;
  return {
    call: async (number) => expectProduct(await cache.getOrLoad({ id: first + number }), first + number),
  };
});

/** 100 entries in one call, of which 20 are absent. */
export const hundred: StartContestant = async (url) => {
  const MISSES = 20;
  let calls = 0;
  let loads = 0;
  const started = start(
    { kind: "hundred" },
    async (cache) => {
      await eachEntry((id) => cache.set({ id }, productOf(id)));
      let absent = ENTRIES;
      return {
        call: async (number) => {
          const stored = Array.from({ length: 100 - MISSES }, (_, at) => entryOf(number * 7 + at));
          const ids = [...stored, ...Array.from({ length: MISSES }, () => absent++)];
          calls++;
          const found = await cache.getMany(ids.map((id) => ({ id })));
          if (loads > calls) throw new Error("the loader was called more than once");
          for (const [place, id] of ids.entries()) expectProduct(found[place], id);
        },
      };
    },
    {
      load: undefined,
      loadMany: async (list) => {
        loads++;
        return list.map(({ id }) => productOf(Number(id)));
      },
    },
  );
  return started(url);
};
