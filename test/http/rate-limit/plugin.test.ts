import type { FastifyInstance } from "fastify";
import { describe, expect, test } from "vitest";
import type { RateLimitOptions } from "../../../src/http/index.js";
import { freshTenant, get, limitedApp, statuses, two } from "../../support/limit/app.js";
import { unsteady } from "../../support/limit/unsteady.js";
import { workerRedis } from "../../support/redis.js";

const redis = workerRedis();

describe("a request within its limit", () => {
  test("has the headers of the draft, and the answer for the handler", async () => {
    const app = await limitedApp({ limits: two }, (routes) => {
      routes.get("/answer", async ({ rateLimit }) => rateLimit);
    });
    const reply = await get(app, "/answer");
    expect(reply.headers).toMatchObject({
      "ratelimit-policy": '"default";q=2;w=60',
      ratelimit: '"default";r=1;t=30',
    });
    expect(reply.json()).toMatchObject({ outcome: "allowed", degraded: false, remaining: 1 });
    expect(reply.headers["retry-after"]).toBeUndefined();
  });

  test("of several limits, RateLimit names the one that decides, and periods in parts of a second have no window", async () => {
    const limits = [
      { quota: 5, periodMs: 86_400_000, policy: "daily" },
      { quota: 30, periodMs: 1_500, policy: "burst" },
    ];
    const { headers } = await get(await limitedApp({ limits }));
    expect(headers).toMatchObject({
      "ratelimit-policy": '"burst";q=30, "daily";q=5;w=86400',
      ratelimit: '"daily";r=4;t=17280',
    });
  });
});

test("a request above its limit gets 429 before the handler, as a problem", async () => {
  let runs = 0;
  const app = await limitedApp({ limits: two }, (routes) => {
    routes.post("/orders", async () => ++runs);
  });
  const post = () =>
    app.inject({
      method: "POST",
      url: "/orders",
      payload: "{",
      headers: { "content-type": "application/json" },
    });
  // The body is not read before the limit.
  for (const _ of [1, 2]) expect((await post()).statusCode).toBe(400);
  const reply = await post();
  expect(reply.statusCode).toBe(429);
  const seconds = Number(reply.headers["retry-after"]);
  expect(reply.headers).toMatchObject({
    "content-type": "application/problem+json",
    "ratelimit-policy": '"default";q=2;w=60',
    ratelimit: `"default";r=0;t=${seconds}`,
  });
  expect(seconds).toBeGreaterThan(20);
  expect(seconds).toBeLessThanOrEqual(30);
  expect(reply.json()).toEqual({
    type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
    title: "Too Many Requests",
    status: 429,
    code: "RATE_LIMITED",
    detail: "too many requests; try again later",
    "violated-policies": ["default"],
  });
  expect(runs).toBe(0);
});

describe("whom a request counts for", () => {
  const ofAddress = (app: FastifyInstance, remoteAddress: string) => get(app, "/", { remoteAddress });

  test("is the client's address, IPv6 by its network, IPv4 within IPv6 as IPv4", async () => {
    const app = await limitedApp({ limits: two });
    for (const ip of ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"])
      expect((await ofAddress(app, ip)).statusCode).toBe(200);
    expect((await ofAddress(app, "2001:db8:1:2:3:4:5:6")).statusCode).toBe(429);
    expect((await ofAddress(app, "2001:db8:1:3::1")).statusCode).toBe(200);
    for (const ip of ["192.0.2.1", "::ffff:192.0.2.1"])
      expect((await ofAddress(app, ip)).statusCode).toBe(200);
    expect((await ofAddress(app, "::ffff:c000:201")).statusCode).toBe(429);
  });

  test("is the result of key, or the address if key returns none", async () => {
    const app = await limitedApp({
      limits: two,
      key: ({ headers }) => (typeof headers["x-account"] === "string" ? headers["x-account"] : undefined),
    });
    const as = (account: string) => get(app, "/", { headers: { "x-account": account } });
    for (const _ of [1, 2]) expect((await as("ada")).statusCode).toBe(200);
    expect((await as("ada")).statusCode).toBe(429);
    // An account that has the text of an address is another one.
    for (const account of ["bob", "", "127.0.0.1", ""]) expect((await as(account)).statusCode).toBe(200);
    expect((await as("")).statusCode).toBe(429);
  });

  test("does not stand in Redis nor in the log", async () => {
    const lines: string[] = [];
    const tenant = freshTenant();
    const logger = { level: "warn", stream: { write: (line: string) => lines.push(line) } };
    const app = await limitedApp({ tenant, limits: two, key: () => "secret-account" }, () => {}, { logger });
    await get(app);
    const [name = ""] = await redis.keys(`${tenant.scope.namespace}:{*}:rate-limit`);
    expect(name).not.toContain("secret");
    await redis.set(name, "what is this");
    const reply = await get(app);
    expect([reply.statusCode, reply.json().code, lines.length]).toEqual([500, "CORRUPT", 1]);
    expect(lines.join("") + reply.body).not.toContain("secret");
    expect(lines.join("")).not.toContain(name);
  });
});

describe("the limits of a route", () => {
  const routes = (app: FastifyInstance) => {
    app.get("/free", { config: { rateLimit: false } }, async () => "free");
    app.get("/own", { config: { rateLimit: { limits: two } } }, async () => "own");
    app.get("/dear", { config: { rateLimit: { cost: 2 } } }, async () => "dear");
    app.get("/a", { config: { rateLimit: { limits: two, group: "search" } } }, async () => "a");
    app.get("/b", { config: { rateLimit: { limits: two, group: "search" } } }, async () => "b");
    app.get("/huge", { config: { rateLimit: { limits: two, cost: () => 3 } } }, async () => "huge");
  };

  test("are those of the plugin, shared with all others, unless it has its own", async () => {
    const app = await limitedApp({ limits: { quota: 3, periodMs: 60_000 } }, routes);
    expect(await statuses(app, ["/", "/own", "/own", "/own", "/dear", "/", "/free", "/missing"])).toEqual([
      200, 200, 200, 429, 200, 429, 200, 429,
    ]);
  });

  test("of one group share their counts", async () => {
    const app = await limitedApp({ limits: { quota: 100, periodMs: 60_000 } }, routes);
    expect(await statuses(app, ["/a", "/b", "/a", "/", "/missing", "/own"])).toEqual([
      200, 200, 429, 200, 404, 200,
    ]);
  });

  test("a cost above the burst gets 429 without Retry-After", async () => {
    const limits = { quota: 100, periodMs: 60_000 };
    const reply = await get(await limitedApp({ limits }, routes), "/huge");
    expect([reply.statusCode, reply.json().code]).toEqual([429, "COST_TOO_LARGE"]);
    expect(reply.headers["retry-after"]).toBeUndefined();
  });

  test("skip exempts a request", async () => {
    const app = await limitedApp({
      limits: { quota: 1, periodMs: 60_000 },
      skip: ({ url }) => url === "/?health",
    });
    expect(await statuses(app, ["/?health", "/?health", "/", "/"])).toEqual([200, 200, 200, 429]);
    expect((await get(app, "/?health")).headers["ratelimit-policy"]).toBeUndefined();
  });

  test("a function chooses the tenant", async () => {
    const [one, other] = [freshTenant(), freshTenant()];
    const app = await limitedApp({
      tenant: ({ headers }) => (headers["x-shop"] === "one" ? one : other),
      limits: { quota: 1, periodMs: 60_000 },
    });
    const of = async (shop: string) => (await get(app, "/", { headers: { "x-shop": shop } })).statusCode;
    expect([await of("one"), await of("other"), await of("one")]).toEqual([200, 200, 429]);
  });
});

describe("without Redis", () => {
  async function away(options: Partial<RateLimitOptions>) {
    const { proxy, tenant } = await unsteady();
    proxy.blackHole();
    return limitedApp({ tenant, limits: two, timeoutMs: 50, ...options });
  }

  test("allow lets all requests through, and the reply does not say what is left", async () => {
    const app = await away({ onUnavailable: "allow" });
    for (const _ of [1, 2, 3]) {
      const { statusCode, headers } = await get(app);
      expect([statusCode, headers["ratelimit"]]).toEqual([200, undefined]);
      expect(headers["ratelimit-policy"]).toBe('"default";q=2;w=60');
    }
  });

  test("deny replies 503 with Retry-After", async () => {
    const reply = await get(await away({ onUnavailable: "deny" }));
    expect([reply.statusCode, reply.headers["retry-after"]]).toEqual([503, "1"]);
    expect(reply.json()).toMatchObject({
      type: "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity",
      code: "LIMIT_UNAVAILABLE",
    });
  });

  test("the default is a limit in this process", async () => {
    const app = await away({});
    expect(await statuses(app, ["/", "/", "/"])).toEqual([200, 200, 429]);
  });
});
