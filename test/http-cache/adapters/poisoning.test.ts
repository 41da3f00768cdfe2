import { describe, expect, test } from "vitest";
import { policy } from "../../../src/http-cache/index.js";
import { eachAdapter, get, ownCache, raw } from "../../support/http-cache/site.js";

/** Fields from which frameworks make URLs and routes. */
const UNKEYED = [
  ["X-Forwarded-Host", "evil.example"],
  ["X-Forwarded-Port", "1337"],
  ["X-Forwarded-Scheme", "http"],
  ["X-Forwarded-Prefix", "/evil"],
  ["X-Forwarded-Proto", "evil"],
  ["Forwarded", "host=evil.example"],
  ["X-Host", "evil.example"],
  ["X-Original-URL", "/admin"],
  ["X-Rewrite-URL", "/admin"],
  ["X-HTTP-Method-Override", "DELETE"],
  ["X-Method-Override", "DELETE"],
  ["Base-Url", "http://evil.example"],
] as const;

describe.each(eachAdapter)("%s", (_name, start) => {
  test.each(UNKEYED)("what %s leads to is not stored", async (field, value) => {
    const site = await start(ownCache(), ({ headers }) => ({
      headers: { location: `http://${headers[field.toLowerCase()] ?? "shop.example"}/` },
      body: String(headers[field.toLowerCase()] ?? "ours"),
    }));
    expect((await get(`${site.url}/page`, { headers: { [field]: value } })).text).toBe(value);
    const clean = await get(`${site.url}/page`);
    expect([clean.text, clean.cache]).toEqual(["ours", expect.stringContaining("stored")]);
    // Such a request may be answered from the cache.
    expect((await get(`${site.url}/page`, { headers: { [field]: value } })).text).toBe("ours");
  });

  test("a redirection to https, made for X-Forwarded-Proto: http, is not the answer to others", async () => {
    const site = await start(ownCache(), ({ headers }) =>
      headers["x-forwarded-proto"] === "http"
        ? { status: 301, headers: { location: "https://shop.example/page" } }
        : { body: "the page" },
    );
    for (let times = 0; times < 2; times++) {
      expect((await get(`${site.url}/page`, { headers: { "x-forwarded-proto": "http" } })).status).toBe(301);
      expect((await get(`${site.url}/page`, { headers: { "x-forwarded-proto": "https" } })).text).toBe(
        "the page",
      );
      expect((await get(`${site.url}/page`)).text).toBe("the page");
    }
    expect(site.asked.length).toBe(3);
  });

  test("the memory of URLs does not keep what a field has chosen", async () => {
    const pages = policy({
      path: "/*",
      freshMs: 60_000,
      key: ({ fields }) => fields.get("x-user") ?? "",
      tags: () => ["pages"],
    });
    const cache = ownCache({ policies: { pages } });
    const site = await start(cache, ({ headers }) => ({ body: String(headers["x-user"]) }));
    const of = (user: string) => get(`${site.url}/page`, { headers: { "x-user": user } });
    expect((await of("ann")).text).toBe("ann");
    expect((await of("bob")).text).toBe("bob");
    await cache.invalidateTags(["pages"]);
    for (const user of ["ann", "bob"]) expect((await of(user)).cache).not.toContain("hit");
  });

  test("a Host with a path in it has no entry of another page", async () => {
    const policies = {
      page: policy({ path: "/:page", freshMs: 60_000 }),
      product: policy({ path: "/products/:product", freshMs: 60_000 }),
    };
    const site = await start(ownCache({ policies }), ({ target }) => ({ body: target }));
    const host = new URL(site.url).host;
    await raw(site.url, `GET /lamp HTTP/1.1\r\nHost: ${host}/products\r\nConnection: close\r\n\r\n`);
    const page = await get(`${site.url}/products/lamp`);
    expect([page.text, page.cache]).toEqual(["/products/lamp", expect.stringContaining("stored")]);
  });

  test("with the option origin, a request for another host is not stored", async () => {
    const site = await start(
      ownCache({ origin: "http://shop.example", hosts: ["Inner.example"] }),
      ({ headers }) => ({
        body: String(headers.host),
      }),
    );
    const of = (host: string) => get(`${site.url}/page`, { headers: { host } });
    expect((await of("evil.example")).text).toBe("evil.example");
    expect((await of("SHOP.example")).cache).toContain("stored");
    expect((await of("evil.example")).cache).toContain("hit");
    expect((await of("inner.example")).cache).toContain("hit");
  });

  test("without it, each host has its own entries, in any case of its letters", async () => {
    const site = await start(ownCache(), ({ headers }) => ({ body: String(headers.host) }));
    const of = (host: string) => get(`${site.url}/page`, { headers: { host } });
    expect((await of("evil.example")).text).toBe("evil.example");
    expect((await of("shop.example")).text).toBe("shop.example");
    expect((await of("SHOP.EXAMPLE")).cache).toContain("hit");
  });

  test("the absolute form of a target stores nothing, and purges what it names", async () => {
    const site = await start(ownCache(), ({ headers }) => ({ body: String(headers.host) }));
    const { host } = new URL(site.url);
    const send = (line: string, hostField: string) =>
      raw(site.url, `${line} HTTP/1.1\r\nHost: ${hostField}\r\nConnection: close\r\n\r\n`);
    await send(`GET http://${host}/page`, "evil.example");
    const first = await get(`${site.url}/page`);
    expect([first.text, first.cache]).toEqual([host, expect.stringContaining("stored")]);
    await send(`DELETE http://${host}/page`, host);
    expect((await get(`${site.url}/page`)).cache).toContain("uri-miss");
  });

  test("a GET with a body is not stored", async () => {
    const site = await start(ownCache(), ({ headers }) => ({
      body: `length ${headers["content-length"] ?? 0}`,
    }));
    expect((await get(`${site.url}/page`, { headers: { "content-length": 4 }, body: "evil" })).text).toBe(
      "length 4",
    );
    const clean = await get(`${site.url}/page`);
    expect([clean.text, clean.cache]).toEqual(["length 0", expect.stringContaining("stored")]);
  });

  test.each([
    "Set-Cookie: session=1",
    "Cache-Control: private",
    "Cache-Control: no-store; max-age=60",
    'Cache-Control: max-age=60, private="set-cookie',
    "Vary: *",
  ])("a response with %s is not stored", async (line) => {
    const [name = "", value = ""] = line.split(": ");
    const site = await start(ownCache(), () => ({ headers: { [name]: value }, body: "mine" }));
    for (let times = 0; times < 2; times++)
      expect((await get(`${site.url}/page`)).cache).not.toMatch(/hit|stored/);
    expect(site.asked.length).toBe(2);
  });

  test("the response to a request with Authorization is stored only if it says so", async () => {
    let more: Record<string, string> = {};
    const site = await start(ownCache(), ({ headers }) => ({
      headers: more,
      body: headers.authorization ?? "",
    }));
    const mine = { headers: { authorization: "Bearer ann" } };
    expect((await get(`${site.url}/page`, mine)).text).toBe("Bearer ann");
    expect((await get(`${site.url}/page`)).text).toBe("");
    more = { "cache-control": "public, max-age=60" };
    await get(`${site.url}/other`, mine);
    expect((await get(`${site.url}/other`)).cache).toContain("hit");
  });

  test.each([
    ["text/html", "/account/x.css"],
    ["application/json", "/account/x.js"],
    ["text/html; charset=utf-8", "/account/a/x.png?v=1"],
  ])("%s under the name %s is not stored by a policy's time", async (type, path) => {
    const site = await start(ownCache(), () => ({ headers: { "content-type": type }, body: "ann's orders" }));
    expect((await get(site.url + path)).cache).toContain("CONTENT_TYPE");
    expect((await get(site.url + path)).cache).not.toContain("hit");
    expect(site.asked.length).toBe(2);
  });

  test("a file under the name of a file is stored", async () => {
    const site = await start(ownCache(), () => ({ headers: { "content-type": "text/css" }, body: "a {}" }));
    await get(`${site.url}/x.css`);
    expect((await get(`${site.url}/x.css`)).cache).toContain("hit");
  });

  test.each([
    "/static/../account",
    "/static/./account",
    "/static/%2e%2e/account",
    "/static/%2E%2E%2faccount",
    "/static/..%2faccount",
    "/static//account",
    "/static/..;/account",
    "/static/x;jsessionid=1",
    "/static/..%5caccount",
    "/static/..\\account",
    "/static/%252e%252e/account",
    "/static/account%3fx.css",
    "/static/account%23x.css",
    "/static/account%00.css",
    "/static/account%0d%0ax.css",
    "/static/%61ccount",
  ])("the path %s, which servers read differently, is not stored", async (path) => {
    const policies = { files: policy({ path: "/static/*", freshMs: 60_000 }) };
    const site = await start(ownCache({ policies }), () => ({ body: "ann's orders" }));
    const lines = `GET ${path} HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n`;
    for (let times = 0; times < 2; times++) expect(await raw(site.url, lines)).not.toMatch(/; (hit|stored)/);
  });

  test("two queries that decode to the same replacement character are two pages", async () => {
    const policies = { search: policy({ path: "/search", query: ["q"], freshMs: 60_000 }) };
    const site = await start(ownCache({ policies }), ({ target }) => ({ body: target }));
    for (const query of ["q=caf%e9", "q=caf%e8", "q=caf%EF%BF%BD", "q=100%", "q=100%25"])
      for (let times = 0; times < 2; times++)
        expect((await get(`${site.url}/search?${query}`)).text).toBe(`/search?${query}`);
  });

  test("the same name twice in a query is another page than once, in each order", async () => {
    const policies = { search: policy({ path: "/search", query: ["q", "page"], freshMs: 60_000 }) };
    const site = await start(ownCache({ policies }), ({ target }) => ({ body: target }));
    for (const query of ["q=1", "q=2", "q=1&q=2", "q=2&q=1", "q=1&page=2&q=2"])
      expect((await get(`${site.url}/search?${query}`)).text).toMatch(
        query === "q=1&page=2&q=2" ? "page" : `?${query}`,
      );
    expect((await get(`${site.url}/search?page=2&q=1&q=2`)).cache).toContain("hit");
  });

  test("a name that the policy does not have cannot fill the entry", async () => {
    const policies = {
      search: policy({ path: "/search", query: ["q"], ignoredQuery: ["utm_source"], freshMs: 60_000 }),
    };
    const site = await start(ownCache({ policies }), ({ target }) => ({ body: target }));
    expect((await get(`${site.url}/search?q=1&evil=2`)).text).toContain("evil");
    expect((await get(`${site.url}/search?q=1`)).text).toBe("/search?q=1");
    expect((await get(`${site.url}/search?q=1&utm_source=x`)).cache).toContain("hit");
  });

  test("the name of a variant's entry cannot be asked for as a URL", async () => {
    const policies = { page: policy({ path: "/:page", freshMs: 60_000 }) };
    const site = await start(ownCache({ policies }), ({ target, headers }) => ({
      headers: { vary: "accept-language" },
      body: `${target} ${headers["accept-language"]}`,
    }));
    const { createHash } = await import("node:crypto");
    const hash = createHash("sha256")
      .update(JSON.stringify([["accept-language", "en;1"]]))
      .digest("hex")
      .slice(0, 20);
    const english = { headers: { "accept-language": "en" } };
    await get(`${site.url}/lamp`, english);
    for (const evil of [`/lamp:${hash}`, `/lamp%23${hash}`, `/lamp#${hash}`]) {
      const lines = `GET ${evil} HTTP/1.1\r\nHost: ${new URL(site.url).host}\r\nConnection: close\r\n\r\n`;
      expect(await raw(site.url, lines)).not.toContain("/lamp en");
    }
    const page = await get(`${site.url}/lamp`, english);
    expect([page.text, page.cache]).toEqual(["/lamp en", expect.stringContaining("hit")]);
  });

  test("a Vary of 1,000 names is not stored, and one of odd names breaks nothing", async () => {
    let vary = Array.from({ length: 1_000 }, (_, at) => `x-${at}`).join(", ");
    const site = await start(ownCache(), () => ({ headers: { vary }, body: "a page" }));
    expect((await get(`${site.url}/page`)).cache).toContain("VARY");
    vary = "constructor, __proto__, toString, accept";
    for (let times = 0; times < 2; times++) expect((await get(`${site.url}/odd`)).text).toBe("a page");
    expect((await get(`${site.url}/odd`)).cache).toContain("hit");
  });

  test("long values of a varying field select their own variants, and the list stays short", async () => {
    const site = await start(ownCache(), ({ headers }) => ({
      headers: { vary: "x-long" },
      body: String(headers["x-long"]).slice(-1),
    }));
    for (let times = 0; times < 2; times++)
      for (const last of ["a", "b"]) {
        const page = await get(`${site.url}/page`, { headers: { "x-long": "x".repeat(8_000) + last } });
        expect(page.text).toBe(last);
        if (times === 1) expect(page.cache).toContain("hit");
      }
  });

  test("a handler that lets a request make a field with a line break stores nothing", async () => {
    let value = "a\r\nSet-Cookie: session=evil";
    const site = await start(ownCache(), () => ({ headers: { "x-reflected": value }, body: "a page" }));
    const evil = await get(`${site.url}/page`).catch(() => undefined);
    expect(evil?.headers["set-cookie"]).toBeUndefined();
    value = "a";
    expect((await get(`${site.url}/page`)).text).toBe("a page");
  });

  test("HEAD fills nothing, and its fields do not reach a page for which the request is not the key", async () => {
    const site = await start(ownCache(), ({ method, headers }) => ({
      headers: {
        "cache-control": method === "HEAD" ? "max-age=60" : "max-age=0",
        etag: '"1"',
        "x-host": String(headers["x-forwarded-host"] ?? ""),
      },
      body: "a page",
    }));
    await get(`${site.url}/page`, { method: "HEAD" });
    expect((await get(`${site.url}/page`)).cache).toContain("stored");
    await get(`${site.url}/page`, { method: "HEAD", headers: { "x-forwarded-host": "evil.example" } });
    expect((await get(`${site.url}/page`)).headers["x-host"]).toBe("");
    // One that is keyed freshens the entry.
    await get(`${site.url}/page`, { method: "HEAD" });
    expect((await get(`${site.url}/page`)).cache).toContain("hit");
  });

  test("requests with headers of 14 kB, targets of 12 kB and odd tags are answered", async () => {
    const policies = {
      product: policy({
        path: "/products/:product",
        freshMs: 60_000,
        query: "all",
        tags: ({ path }) => [`product:${path.product}`],
      }),
    };
    const site = await start(ownCache({ policies }), () => ({ body: "a page" }));
    const one = await get(`${site.url}/products/lamp`, { headers: { "x-a": "a".repeat(14_000) } });
    expect(one.text).toBe("a page");
    for (const path of [
      `/products/${"a".repeat(12_000)}`,
      "/products/%7Bx%7D",
      "/products/%01",
      "/products/%zz",
      `/products/lamp?${"a".repeat(12_000)}`,
    ])
      expect((await get(site.url + path)).status).toBeLessThan(500);
  });
});
