import { foreignPatterns } from "./foreign-patterns.js";
import { DAY_MS, HOUR_MS, MINUTE_MS, type PatternRow, row, SECOND_MS } from "./pattern-row.js";

/** Unknown names are asked for again and again, for example by crawlers. */
const NEGATIVE_MS = 30 * SECOND_MS;

/**
 * The patterns of the shop's caches. `docs/cache-patterns.md` has the same table, and a test compares
 * both. Lists have codes, and products have entries of their own. So a change of a product ends no list
 * that stays in its order.
 */
export const shopPatterns = {
  product: row({
    pattern: "product:<product>",
    freshMs: 10 * MINUTE_MS,
    negativeMs: NEGATIVE_MS,
    tags: [],
    strategy: "write-through",
    because: "Each write sets the entry. The time bounds what a crash between both leaves.",
    seeds: [{ seed: "products-service", pattern: "product:{id}", ttl: "10 min" }],
  }),
  details: row({
    pattern: "product:<product>:details",
    freshMs: HOUR_MS,
    negativeMs: NEGATIVE_MS,
    tags: [],
    strategy: "write-around",
    because: "Each write removes the entry, and so does each step of an offer.",
    seeds: [
      { seed: "products-service", pattern: "product:{id}:details", ttl: "10 min" },
      { seed: "caching-enhancement", pattern: "product:{tenant_id}:{product_id}", ttl: "1 h" },
    ],
  }),
  list: row({
    pattern: "products:org:<organisation>:page:<page>:limit:<limit>:search:<search>:order:<order>",
    freshMs: 5 * MINUTE_MS,
    staleMs: MINUTE_MS,
    tags: ["org:<organisation>", "order:<organisation>:<order>"],
    strategy: "cache-aside",
    because:
      "A status, a name, a new or a deleted product ends the lists of its organisation. A unit sold ends none.",
    seeds: [
      {
        seed: "products-service",
        pattern: "products:org:{orgId}:page:{page}:limit:{limit}:search:{search}:order:{order}",
        ttl: "5 min",
      },
      { seed: "caching-enhancement", pattern: "list:{hash}", ttl: "1 h" },
    ],
  }),
  organisation: row({
    pattern: "org:<organisation>:products",
    freshMs: 15 * MINUTE_MS,
    tags: ["org:<organisation>"],
    strategy: "cache-aside",
    because: "It changes with new and deleted products only.",
    seeds: [{ seed: "products-service", pattern: "org:{orgId}:products", ttl: "15 min" }],
  }),
  schema: row({
    pattern: "schema:<schema>:products",
    freshMs: 20 * MINUTE_MS,
    tags: ["schema:<schema>"],
    strategy: "cache-aside",
    because: "It changes with new and deleted products only.",
    seeds: [{ seed: "products-service", pattern: "schema:{schemaId}:products", ttl: "20 min" }],
  }),
  categoryList: row({
    pattern: "products:<category>:<page>:<sort>",
    freshMs: 30 * MINUTE_MS,
    staleMs: MINUTE_MS,
    tags: ["category:<category>", "sort:<category>:<sort>"],
    strategy: "cache-aside",
    because: "A name, a new or a deleted product ends the lists of its category.",
    seeds: [
      {
        seed: "caching-enhancement",
        pattern: "products:{tenant_id}:{category_id}:{page}:{sort}",
        ttl: "30 min",
      },
    ],
  }),
  search: row({
    pattern: "search:<hash>",
    freshMs: 30 * MINUTE_MS,
    longFreshMs: 2 * HOUR_MS,
    staleMs: MINUTE_MS,
    tags: ["search"],
    strategy: "cache-aside",
    because: "Popular searches are fresh for 2 h, by the number of people who made them today.",
    seeds: [
      {
        seed: "caching-enhancement",
        pattern: "search:{tenant_id}:{query}:{filters}:{page}",
        ttl: "30 min; popular 2 h",
      },
    ],
  }),
  categoryTree: row({
    pattern: "categories:tree",
    freshMs: 2 * HOUR_MS,
    tags: [],
    strategy: "write-around",
    because: "It is on every page, and a change of a category removes it.",
    seeds: [{ seed: "caching-enhancement", pattern: "categories:{tenant_id}:tree", ttl: "2 h" }],
  }),
  dashboard: row({
    pattern: "dashboard:<period>",
    freshMs: HOUR_MS,
    staleMs: 10 * MINUTE_MS,
    tags: ["dashboard"],
    strategy: "cache-aside",
    because: "Sums of many rows. They may be an hour old, so no order ends them.",
    seeds: [{ seed: "caching-enhancement", pattern: "dashboard:{tenant_id}:{period}", ttl: "1 h" }],
  }),
  session: row({
    pattern: "session:<session>",
    freshMs: 30 * MINUTE_MS,
    negativeMs: NEGATIVE_MS,
    tags: [],
    strategy: "write-through",
    because: "The entry ends with the session at the latest.",
    seeds: [{ seed: "caching-enhancement", pattern: "session:{session_id}", ttl: "30 min" }],
  }),
  cart: row({
    pattern: "cart:<customer>",
    freshMs: 15 * MINUTE_MS,
    tags: [],
    strategy: "write-through",
    because: "A customer reads the cart directly after each change.",
    seeds: [{ seed: "caching-enhancement", pattern: "cart:{tenant_id}:{user_id}", ttl: "15 min" }],
  }),
  settings: row({
    pattern: "tenant:settings",
    freshMs: DAY_MS,
    tags: [],
    strategy: "write-through",
    because: "Every page reads them, and few people change them.",
    seeds: [{ seed: "caching-enhancement", pattern: "tenant:{tenant_id}:settings", ttl: "24 h" }],
  }),
  user: row({
    pattern: "user:<customer>",
    freshMs: HOUR_MS,
    negativeMs: NEGATIVE_MS,
    tags: [],
    strategy: "write-through",
    because: "Each write sets the entry.",
    seeds: [{ seed: "caching-enhancement", pattern: "user:{tenant_id}:{user_id}", ttl: "1 h" }],
  }),
  order: row({
    pattern: "order:<order>",
    freshMs: 4 * HOUR_MS,
    tags: [],
    strategy: "cache-aside",
    because: "Only ended orders are stored, and they never change.",
    seeds: [{ seed: "caching-enhancement", pattern: "order:{tenant_id}:{order_id}", ttl: "4 h" }],
  }),
} as const satisfies Readonly<Record<string, PatternRow>>;

/** All patterns by name: those of the shop, and what else the seeds name. */
export const cachePatterns = { ...shopPatterns, ...foreignPatterns } as const satisfies Readonly<
  Record<string, PatternRow>
>;
