import { afterAll, describe, expect, test } from "vitest";
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  type PatternRow,
} from "../../../examples/storefront/shop/cache/pattern-row.js";
import { cachePatterns, shopPatterns } from "../../../examples/storefront/shop/cache/patterns.js";
import { createMoonpath } from "../../../src/index.js";
import { expectTable } from "../../support/docs.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

const redis = sharedRedis();
const namespace = freshNamespace();
const moonpath = createMoonpath(redis, { namespace, deadlineMs: 10_000 });
afterAll(() => moonpath.close());

const rows: readonly (readonly [string, PatternRow])[] = Object.entries(cachePatterns);

/** Every key pattern of the seeds, and their times without a pattern. */
const SEED_PATTERNS = {
  "products-service": [
    "product:{id}",
    "product:{id}:details",
    "products:org:{orgId}:page:{page}:limit:{limit}:search:{search}:order:{order}",
    "org:{orgId}:products",
    "schema:{schemaId}:products",
  ],
  "caching-enhancement": [
    "tenant:{tenant_id}:data",
    "tenant:{tenant_id}:settings",
    "tenant:{tenant_id}:plan",
    "product:{tenant_id}:{product_id}",
    "products:{tenant_id}:{category_id}:{page}:{sort}",
    "search:{tenant_id}:{query}:{filters}:{page}",
    "categories:{tenant_id}:tree",
    "session:{session_id}",
    "user:{tenant_id}:{user_id}",
    "cart:{tenant_id}:{user_id}",
    "wishlist:{tenant_id}:{user_id}",
    "order:{tenant_id}:{order_id}",
    "inventory:{tenant_id}:{product_id}",
    "alerts:stock:{tenant_id}",
    "analytics:{tenant_id}:{date}",
    "metrics:{tenant_id}:{hour}",
    "dashboard:{tenant_id}:{period}",
    "events:{tenant_id}:{date}",
    "list:{hash}",
    "api:{hash}",
    "version:{tenant_id}:{path}",
    "product_catalogs",
    "dashboard_configs",
    "plan_features",
    "country_lists",
    "currency_rates",
  ],
  "five-strategies": [
    "entry:{id}",
    "metrics:{ispb}",
    "config:{name}",
    "participant:{ispb}",
    "dict:key:{key}",
    "dict:ispb:{ispb}",
    "vsync:{id}",
    "bulk:{operation_id}",
  ],
} as const;

describe("the table of patterns", () => {
  test("has every key pattern that a seed names, once", () => {
    const named = rows.flatMap(([, { seeds }]) => seeds.map(({ seed, pattern }) => `${seed} ${pattern}`));
    const wanted = Object.entries(SEED_PATTERNS).flatMap(([seed, patterns]) =>
      patterns.map((pattern) => `${seed} ${pattern}`),
    );
    expect([...named].sort()).toEqual([...wanted].sort());
  });

  test("has no pattern that could name the entries of another one", () => {
    const shapes = rows.map(([, { pattern }]) => pattern.split(":"));
    const overlaps = shapes.flatMap((one, index) =>
      shapes.slice(index + 1).flatMap((other) => {
        const same =
          one.length === other.length &&
          one.every((segment, place) => {
            const second = other[place] ?? "";
            return segment === second || segment.startsWith("<") || second.startsWith("<");
          });
        return same ? [`${one.join(":")} ${other.join(":")}`] : [];
      }),
    );
    // `products:org:…` has more segments, and a category may have any name but never eleven segments.
    expect(overlaps).toEqual([]);
  });

  test("is that of docs/cache-patterns.md", async () => {
    const head = ["Pattern", "Fresh + stale", "Tags", "In the seed"];
    for (const [marker, table] of [
      ["shop-patterns", rows.filter(([name]) => name in shopPatterns)],
      ["other-patterns", rows.filter(([name]) => !(name in shopPatterns))],
    ] as const) {
      await expectTable(
        "docs/cache-patterns.md",
        marker,
        head,
        table.map(([, { pattern, freshMs, longFreshMs, staleMs = 0, tags, seeds }]) => [
          `\`${pattern}\``,
          [freshMs, longFreshMs ?? 0]
            .filter((ms) => ms > 0)
            .map(timeOf)
            .join(" or ") + (staleMs === 0 ? "" : ` + ${timeOf(staleMs)}`),
          tags.map((tag) => `\`${tag}\``).join(", "),
          seeds.map((seed) => `\`${seed.pattern}\` ${seed.ttl}`).join(", "),
        ]),
      );
    }
  });
});

/** A time for people: `5 min`. */
function timeOf(ms: number): string {
  if (ms % DAY_MS === 0 && ms > DAY_MS) return `${ms / DAY_MS} d`;
  if (ms % HOUR_MS === 0) return `${ms / HOUR_MS} h`;
  return `${ms / MINUTE_MS} min`;
}

test.each(rows)("an entry of %s ends by itself in Redis", async (_name, row) => {
  const { pattern, freshMs, staleMs = 0, tags } = row;
  const cache = moonpath.cache({ pattern, freshMs, staleMs, tags, cacheTimeoutMs: 10_000 }).tenant("acme");
  const fields = Object.fromEntries(
    [...pattern.matchAll(/<(\w+)>/g)].map(([, name = ""]) => [name, `value-${name}`]),
  );
  await cache.set(fields, { found: true });
  const entry = pattern.replace(/<(\w+)>/g, "value-$1");
  const leftMs = await redis.pttl(`${namespace}:{acme:${entry}}:cache`);
  // The fresh time differs by up to 5 %, and some of it has passed.
  expect(leftMs).toBeGreaterThan(0.95 * freshMs + staleMs - MINUTE_MS);
  expect(leftMs).toBeLessThanOrEqual(1.05 * freshMs + staleMs + 1);
});
