import { memoryL1 } from "moonpath/l1";
import { describe, expect, test } from "vitest";
import { createHttpCache, event, type HttpCacheOptions, policy } from "../../../src/http-cache/index.js";
import { eachAdapter, get, origin, ownCache, ownClient, proxied } from "../../support/http-cache/site.js";
import { deferred, eventually } from "../../support/wait.js";

const OPTIONS = {
  tenant: "acme",
  cacheTimeoutMs: 20_000,
  policies: {
    product: policy({
      path: "/products/:product",
      freshMs: 60_000,
      tags: ({ path }) => [`product:${path.product}`],
      invalidateOn: ["product_update"],
    }),
    other: policy({ path: "/*", freshMs: 60_000, query: "all" }),
  },
} as const satisfies HttpCacheOptions;

const events = { product_update: event({ payload: ["product"] }) };

describe.each(eachAdapter)("%s", (_name, start) => {
  test("a fill that a purge overtook is not stored", async () => {
    const cache = ownCache({ ...OPTIONS, events });
    const finish = deferred("the test lets the handler answer");
    let runs = 0;
    const site = await start(cache, async () => {
      const run = ++runs;
      if (run === 1) await finish.promise;
      return { body: `version ${run}` };
    });
    const old = get(`${site.url}/products/lamp`);
    await eventually("the fill has begun", () => expect(runs).toBe(1));
    await cache.invalidateTags(["product:lamp"]);
    finish.resolve();
    expect((await old).text).toBe("version 1");
    expect((await get(`${site.url}/products/lamp`)).text).toBe("version 2");
    expect((await get(`${site.url}/products/lamp`)).cache).toContain("hit");
  });

  test("a refresh in the background that began before a purge is not stored", async () => {
    const cache = ownCache({ ...OPTIONS, events });
    const finish = deferred("the test lets the refresh end");
    let runs = 0;
    const site = await start(cache, async () => {
      const run = ++runs;
      if (run === 2) await finish.promise;
      return {
        headers: { "cache-control": run === 3 ? "max-age=60" : "max-age=0, stale-while-revalidate=60" },
        body: `version ${run}`,
      };
    });
    const url = `${site.url}/products/lamp`;
    expect((await get(url)).text).toBe("version 1");
    expect((await get(url)).text).toBe("version 1");
    await eventually("the refresh has begun", () => expect(runs).toBe(2));
    await cache.invalidateTags(["product:lamp"]);
    expect((await get(url)).text).toBe("version 3");
    finish.resolve();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await get(url)).text).toBe("version 3");
    expect(runs).toBe(3);
  });

  test("what was purged is served neither while it is refreshed nor if the origin fails", async () => {
    const cache = ownCache({ ...OPTIONS, events, rules: { staleOnFailure: true } });
    let status = 200;
    const site = await start(cache, () => ({
      status,
      headers:
        status === 200 ? { "cache-control": "max-age=0, stale-while-revalidate=60, stale-if-error=60" } : {},
      body: status === 200 ? "old" : "failed",
    }));
    const url = `${site.url}/products/lamp`;
    await get(url);
    expect((await get(url)).text).toBe("old");
    await eventually("the refresh has ended", () => expect(site.asked.length).toBeGreaterThan(1));
    status = 503;
    await cache.invalidateTags(["product:lamp"]);
    expect((await get(url)).text).toBe("failed");
  });

  test("a purge that comes while the origin fails: the old response does not stand in", async () => {
    const cache = ownCache({ ...OPTIONS, events, rules: { staleOnFailure: true } });
    const fail = deferred("the test lets the origin fail");
    let runs = 0;
    const site = await start(cache, async () => {
      const run = ++runs;
      if (run === 3) await fail.promise;
      return run === 1
        ? { headers: { "cache-control": "max-age=0" }, body: "old" }
        : { status: 503, body: "failed" };
    });
    const url = `${site.url}/products/lamp`;
    await get(url);
    expect((await get(url)).text).toBe("old");
    const answer = get(url);
    await eventually("the origin is asked", () => expect(runs).toBe(3));
    await cache.invalidateTags(["product:lamp"]);
    fail.resolve();
    expect((await answer).text).toBe("failed");
  });

  test.each([
    [503, "hit"],
    [404, "hit"],
    [200, "uri-miss"],
    [303, "uri-miss"],
  ])("an unsafe request that ends with %i: then a %s", async (status, then) => {
    const site = await start(ownCache(OPTIONS_WITH_EVENTS), ({ method }) =>
      method === "GET" ? { body: "a lamp" } : { status, headers: { location: "/products/lamp" } },
    );
    await get(`${site.url}/products/lamp`);
    await get(`${site.url}/products/lamp`, { method: "PUT" });
    expect((await get(`${site.url}/products/lamp`)).cache).toContain(then);
  });

  test.each([
    ["location", "/products/sofa", "uri-miss"],
    ["content-location", "sofa", "uri-miss"],
    ["location", "SAME/products/sofa", "uri-miss"],
    ["location", "http://evil.example/products/sofa", "hit"],
    ["content-location", "//evil.example/products/sofa", "hit"],
    ["location", "https://HOST/products/sofa", "hit"],
  ])("a POST whose answer has %s: %s leads to a %s", async (name, value, then) => {
    const site = await start(ownCache(OPTIONS_WITH_EVENTS), ({ method, headers }) => {
      const host = String(headers.host);
      const location = value.replace("SAME", `http://${host}`).replace("HOST", host);
      return method === "GET" ? { body: "a sofa" } : { status: 201, headers: { [name]: location } };
    });
    await get(`${site.url}/products/sofa`);
    await get(`${site.url}/products/lamp`, { method: "POST" });
    expect((await get(`${site.url}/products/sofa`)).cache).toContain(then);
  });

  test("an event finds the pages of a name with other characters", async () => {
    const cache = createHttpCache(ownClient(), { ...OPTIONS, events });
    const site = await start(cache, () => ({ body: "coffee" }));
    const url = `${site.url}/products/caf%C3%A9%20au%20lait`;
    await get(url);
    expect((await get(url)).cache).toContain("hit");
    await cache.changed("product_update", { product: "café au lait" });
    expect((await get(url)).cache).toContain("uri-miss");
    await cache.invalidateTags(["product:café au lait"]);
    expect((await get(url)).cache).toContain("uri-miss");
  });

  test("a 304 that brings Set-Cookie or private is for one client, and ends the entry", async () => {
    for (const fields of [{ "set-cookie": "session=ann" }, { "cache-control": "private" }]) {
      let runs = 0;
      const cache = ownCache(OPTIONS_WITH_EVENTS);
      const { url } = await origin(() =>
        ++runs === 2
          ? { status: 304, headers: { etag: '"1"', ...fields } }
          : { headers: { etag: '"1"', "cache-control": "max-age=0" }, body: "a page" },
      );
      const site = await proxied(cache, url);
      await get(`${site.url}/page`);
      expect((await get(`${site.url}/page`)).text).toBe("a page");
      const other = await get(`${site.url}/page`);
      expect(other.headers["set-cookie"]).toBeUndefined();
      expect([other.cache, runs]).toEqual([expect.stringContaining("uri-miss; fwd-status=200"), 3]);
    }
  });
});

const OPTIONS_WITH_EVENTS = { ...OPTIONS, events };

describe.each([["with L1"], ["without L1"]])("two processes %s", (l1) => {
  const cacheOptions = l1 === "with L1" ? { cache: { l1: memoryL1() } } : {};

  test("a purge in one process overtakes a fill in the other", async () => {
    const { namespace } = ownClient();
    const clients = [1, 2].map(() => ownClient({ namespace, ...cacheOptions }));
    const [one, two] = clients.map((client) =>
      createHttpCache(client, { ...OPTIONS, events, origin: "http://shop.example", hosts: "any" }),
    );
    if (!one || !two) throw new Error("two caches");
    const finish = deferred("the test lets the origin answer");
    let runs = 0;
    const { url } = await origin(async () => {
      const run = ++runs;
      if (run === 1) await finish.promise;
      return { body: `version ${run}` };
    });
    const [site, other] = [await proxied(one, url), await proxied(two, url)];
    const old = get(`${site.url}/products/lamp`);
    await eventually("the fill has begun", () => expect(runs).toBe(1));
    await two.changed("product_update", { product: "lamp" });
    finish.resolve();
    expect((await old).text).toBe("version 1");
    for (const each of [other, site, other, site])
      expect((await get(`${each.url}/products/lamp`)).text).toBe("version 2");
  });

  test("a purge is seen by the other process at once", async () => {
    const { namespace } = ownClient();
    const clients = [1, 2].map(() => ownClient({ namespace, ...cacheOptions }));
    const [one, two] = clients.map((client) =>
      createHttpCache(client, { ...OPTIONS, events, origin: "http://shop.example", hosts: "any" }),
    );
    if (!one || !two) throw new Error("two caches");
    let version = 1;
    const { url } = await origin(() => ({ body: `version ${version}` }));
    const [site, other] = [await proxied(one, url), await proxied(two, url)];
    for (; version <= 10; ) {
      for (const each of [site, other, site])
        expect((await get(`${each.url}/products/lamp`)).text).toBe(`version ${version}`);
      version++;
      await one.invalidateTags(["product:lamp"]);
    }
  });
});
