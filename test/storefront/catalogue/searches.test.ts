import { afterAll, expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS } from "../../../examples/storefront/shop/cache/pattern-row.js";
import { POPULAR_SEARCHERS } from "../../../examples/storefront/shop/cache/search-counter.js";
import { hashOf } from "../../../examples/storefront/shop/cache/search-request.js";
import { openTestShop } from "../../support/storefront/shop-kit.js";

const open = await openTestShop();
const { context, redis, namespace, ask } = open;
afterAll(() => open.close());

const request = (query: string) => ({ query, category: "", page: 1 });
const search = (query: string, customer: string) =>
  ask("GET", `/api/v1/search?query=${encodeURIComponent(query)}`, undefined, { "x-customer": customer });

/** The time for which a search's entry still lives. */
const leftMs = (query: string) => redis.pttl(`${namespace}:{acme:search:${hashOf(request(query))}}:cache`);

/** Lets so many people search, and then one more, whose search is loaded anew. */
async function searchedBy(query: string, people: number): Promise<number> {
  for (let person = 0; person < people; person += 1) await search(query, `person-${person}`);
  await context.searches.flush();
  await context.caches.invalidateTags(["search"]);
  expect(await search(query, "person-0")).toMatchObject({ status: 200 });
  return leftMs(query);
}

test("a search that many people make is fresh for longer than one that few make", async () => {
  const popular = await searchedBy("red lamp", POPULAR_SEARCHERS);
  const rare = await searchedBy("blue vase", POPULAR_SEARCHERS - 1);
  expect(popular).toBeGreaterThan(1.5 * HOUR_MS);
  expect(rare).toBeLessThan(35 * MINUTE_MS);
  expect(rare).toBeGreaterThan(20 * MINUTE_MS);
});

test("one person makes no search popular, and the words' case and spaces are no other search", async () => {
  for (let time = 0; time < 3 * POPULAR_SEARCHERS; time += 1) await search("Green  Clock ", "one");
  expect(await searchedBy("green clock", 1)).toBeLessThan(35 * MINUTE_MS);
  expect(hashOf(request("Green  Clock "))).toBe(hashOf(request("green clock")));
  expect(hashOf(request("green clock"))).not.toBe(hashOf({ ...request("green clock"), page: 2 }));
});

test("a search goes on without the count, if Redis refuses to count", async () => {
  const day = new Date().toISOString().slice(0, 10);
  const key = `${namespace}:{acme:search·${hashOf(request("no count"))}}:viewers:${day}`;
  await redis.set(key, "not a HyperLogLog");
  expect(await searchedBy("no count", 1)).toBeLessThan(35 * MINUTE_MS);
});
