import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cdnTag, createCdn, fileRoutes } from "../../src/cdn/index.js";
import { ArgumentError } from "../../src/core/errors.js";
import { type AnyPolicy, policy } from "../../src/http-cache/policies/policy.js";

const routes = [
  ...fileRoutes,
  { path: "/", freshMs: 3_600_000 },
  { path: "/pages/*", freshMs: 3_600_000, staleMs: 60_000 },
  { path: "/api/v1/products/:product", freshMs: 60_000, staleMs: 30_000, headers: ["Accept-Language"] },
  { path: "/api/v1/products/featured", freshMs: 5_000 },
  { path: "/api/v1/products/:product/reviews", freshMs: 1_500 },
];
const cdn = createCdn({ routes });
const controlOf = (path: string) => cdn.headersFor(path)["cache-control"];

describe("Cache-Control", () => {
  test.each([
    ["/static/app.3f2a9c0b11d84e67.js", "public, max-age=31536000, immutable"],
    ["/static/fonts/a.3f2a9c0b11d84e67.woff2", "public, max-age=31536000, immutable"],
    ["/static/app.js", "public, max-age=0, s-maxage=31536000"],
    ["/images/products/lamp.jpg", "public, max-age=86400"],
    ["/", "public, max-age=0, s-maxage=3600"],
    ["/pages/terms", "public, max-age=0, s-maxage=3600, stale-while-revalidate=60"],
    ["/api/v1/products/lamp", "public, max-age=0, s-maxage=60, stale-while-revalidate=30"],
    ["/api/v1/products/featured", "public, max-age=0, s-maxage=5"],
    ["/api/v1/products/lamp/reviews", "public, max-age=0, s-maxage=1"],
  ])("of %s is %s", (path, control) => {
    expect(controlOf(path)).toBe(control);
  });

  test.each([
    "/account",
    "/api/v1/products",
    "/api/v1/products/",
    "/api/v1/products/lamp/stock",
    "/api/v1/products/..",
    "/api/v1/products/..%2faccount",
    "/api/v1/products/%2e%2e",
    "/api/v1/products/a%5cb",
    "/api/v1//products/lamp",
    "/pages/../account",
    "/pages/a//b",
    "/API/v1/products/lamp",
    "pages/a",
    "",
  ])("of %s, which no route names, forbids to store it", (path) => {
    expect(cdn.headersFor(path, { tags: ["a"] })).toEqual({ "cache-control": "private, no-store" });
  });

  test.each([{ status: 500 }, { status: 404 }, { status: 302 }, { status: 206 }, { personal: true }])(
    "of an answer with %j forbids to store it",
    (answer) => {
      expect(cdn.headersFor("/api/v1/products/lamp", answer)).toEqual({
        "cache-control": "private, no-store",
      });
    },
  );

  test("targets only shared caches, and forbids stale answers of browsers", () => {
    const targeted = createCdn({ routes, targeted: true, tagFields: ["surrogate-key"] });
    expect(targeted.headersFor("/pages/terms", { tags: ["page:terms"] })).toEqual({
      "cache-control": "public, max-age=0, must-revalidate",
      "cdn-cache-control": "max-age=3600, stale-while-revalidate=60",
      "surrogate-control": "max-age=3600, stale-while-revalidate=60",
      "surrogate-key": "page:terms",
    });
  });

  test("trusts another function that tells hashed names", () => {
    const vite = createCdn({ routes, isHashed: (path) => /-[\w-]{8}\.\w+$/.test(path) });
    expect(vite.headersFor("/static/app-B4xY_12a.js")["cache-control"]).toMatch(/immutable$/);
    expect(vite.headersFor("/static/app.js")["cache-control"]).not.toMatch(/immutable/);
  });

  test("never lets a browser keep an answer that is not a file", () => {
    const segment = fc.stringMatching(/^[a-z.%/-]{1,8}$/);
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), (parts) => {
        const control = controlOf(`/api/${parts.join("/")}`);
        expect(control).toMatch(/^(private, no-store|public, max-age=0, .*)$/);
      }),
    );
  });
});

describe("Vary", () => {
  test("has the names of the route, and those that the answer has already", () => {
    const varyOf = (vary?: string) => cdn.headersFor("/api/v1/products/lamp", { vary })["vary"];
    expect(varyOf()).toBe("Accept-Language");
    expect(varyOf("Accept-Encoding, accept-language")).toBe("Accept-Encoding, Accept-Language");
    expect(cdn.headersFor("/pages/terms", { vary: "Accept-Encoding" })["vary"]).toBe("Accept-Encoding");
    expect(cdn.headersFor("/pages/terms")).not.toHaveProperty("vary");
  });
});

describe("tags", () => {
  test("are in both fields, each once", () => {
    expect(cdn.headersFor("/pages/a", { tags: ["page:a", "list:x y,z", "page:a"] })).toMatchObject({
      "surrogate-key": "page:a list:x%20y%2Cz",
      "cache-tag": "page:a,list:x%20y%2Cz",
    });
  });

  test.each([
    { name: "bytes", tags: Array.from({ length: 20 }, (_, index) => `${index}${"a".repeat(900)}`) },
    { name: "tags", tags: Array.from({ length: 1_001 }, (_, index) => `t${index}`) },
  ])("forbid to store an answer that has too many $name, since it could not be purged", ({ tags }) => {
    const errors: Error[] = [];
    const watched = createCdn({ routes, onError: (error) => void errors.push(error) });
    expect(watched.headersFor("/pages/a", { tags })).toEqual({ "cache-control": "private, no-store" });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toBeInstanceOf(ArgumentError);
  });

  test("become printable texts of at most 1,024 bytes, and different ones stay different", () => {
    const text = fc.string({ unit: "binary", maxLength: 700 });
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(cdnTag(one)).toMatch(/^[\x21-\x2b\x2d-\x7e]{0,1024}$/);
        if (one !== other) expect(cdnTag(one)).not.toBe(cdnTag(other));
      }),
    );
    expect(cdnTag("x".repeat(1_024))).toBe("x".repeat(1_024));
    expect(cdnTag("x".repeat(1_025))).toMatch(/^%~[0-9a-f]{64}$/);
    expect(cdnTag("x".repeat(1_025))).not.toBe(cdnTag("x".repeat(1_026)));
    expect(cdnTag("\ud800")).toBe(cdnTag("\ufffd"));
    expect(cdnTag(cdnTag("ä".repeat(400)))).not.toBe(cdnTag("ä".repeat(400)));
  });
});

describe("createCdn", () => {
  test.each<{ name: string; rows: readonly object[] }>([
    { name: "routes[0].path", rows: [{ path: "pages", freshMs: 1 }] },
    { name: "routes[0].path", rows: [{ path: "/a/*/b", freshMs: 1 }] },
    { name: "routes[0].path", rows: [{ path: "/a/../b", freshMs: 1 }] },
    { name: "routes[0].path", rows: [{ path: "/a//b", freshMs: 1 }] },
    { name: "routes[0].path", rows: [{ path: "/a?b", freshMs: 1 }] },
    {
      name: "routes[1].path",
      rows: [
        { path: "/a/:b", freshMs: 1 },
        { path: "/a/:c", freshMs: 1 },
      ],
    },
    { name: "routes[0].freshMs", rows: [{ path: "/a", freshMs: -1 }] },
    { name: "routes[0].staleMs", rows: [{ path: "/a", freshMs: 1, staleMs: 0.5 }] },
    { name: "routes[0].headers", rows: [{ path: "/a", freshMs: 1, headers: ["a b"] }] },
    { name: "routes[0].query", rows: [{ path: "/a", freshMs: 1, query: [""] }] },
    { name: "routes[0].query", rows: [{ path: "/a", freshMs: 1, query: "some" }] },
    { name: "routes[0].headers", rows: [{ path: "/a", freshMs: 1, headers: "all" }] },
  ])("refuses $name in $rows", ({ name, rows }) => {
    const make = () => Reflect.apply(createCdn, undefined, [{ routes: rows }]);
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(`argument ${name}: `);
  });

  test.each([
    { path: "/me", key: () => "user" },
    { path: "/me", tenant: () => "acme" },
    { path: "/me", freshMs: undefined },
  ])("stores nothing of the row %j, which a CDN cannot follow", (row) => {
    const own = createCdn({
      routes: [
        { freshMs: 60_000, ...row },
        { path: "/*", freshMs: 60_000 },
      ],
    });
    expect(own.headersFor("/me")).toEqual({ "cache-control": "private, no-store" });
    expect(own.headersFor("/you")["cache-control"]).toMatch(/^public/);
  });

  test("takes the rows of the policy table as they are", () => {
    const table: readonly AnyPolicy[] = [
      policy({
        path: "/api/v1/products/:product",
        freshMs: 60_000,
        query: ["currency"],
        ignoredQuery: ["utm_source"],
        headers: ["accept-language"],
        tags: ({ path }) => [`product:${path.product}`],
        invalidateOn: ["product_change"],
      }),
      policy({ path: "/api/v1/search", freshMs: 30_000, query: "all" }),
      policy({ path: "/api/v1/cart", freshMs: 1_000, key: ({ fields }) => String(fields) }),
    ];
    const own = createCdn({ routes: table });
    expect(own.headersFor("/api/v1/products/lamp")).toEqual({
      "cache-control": "public, max-age=0, s-maxage=60",
      vary: "accept-language",
    });
    expect(own.headersFor("/api/v1/search")["cache-control"]).toBe("public, max-age=0, s-maxage=30");
    expect(own.headersFor("/api/v1/cart")["cache-control"]).toBe("private, no-store");
  });

  test("refuses an option that does not exist, and takes rows with other fields", () => {
    expect(() => Reflect.apply(createCdn, undefined, [{ routes: [], target: true }])).toThrow("targeted");
    const row = { path: "/a", freshMs: 1_000, tags: ["a"], invalidateOn: ["product_change"] };
    expect(createCdn({ routes: [row] }).headersFor("/a")["cache-control"]).toBe(
      "public, max-age=0, s-maxage=1",
    );
  });
});
