import { createServer } from "node:http";
import express from "express";
import { type Context, Hono } from "hono";
import { describe, expect, test } from "vitest";
import {
  clientAddress,
  idempotentNode,
  type KeyedTenant,
  type LimitedTenant,
  type LimitMiddlewareOptions,
  rateLimitFetch,
  rateLimitHono,
  rateLimitNode,
  rateLimitOf,
  requestListener,
} from "../../../src/http/adapters/index.js";
import { fetchServer, listening } from "../../support/adapters/fetch-server.js";
import { acme, freshKey } from "../../support/http.js";
import { freshTenant, two } from "../../support/limit/app.js";
import { unsteady } from "../../support/limit/unsteady.js";

/** Options without functions of a request; `key` sees only the header that tests send. */
type Options = Omit<LimitMiddlewareOptions<never>, "tenant" | "key" | "cost" | "skip"> & {
  readonly tenant: LimitedTenant;
  readonly key?: (account: string | undefined) => string | undefined;
  readonly cost?: number;
};
type Server = (options: Options) => Promise<string>;

const quiet = { error() {}, warn() {} };
const common = { group: "all", limits: two, timeoutMs: 15_000, log: quiet };
const account = (headers: Headers) => headers.get("x-account") ?? undefined;
const textOf = (value: string | string[] | undefined) => (typeof value === "string" ? value : undefined);

/** Servers that reply with the outcome that the handler saw. */
const servers: Readonly<Record<string, Server>> = {
  express: ({ key = () => undefined, ...options }) => {
    const app = express();
    app.set("trust proxy", true);
    const own: LimitMiddlewareOptions<express.Request> = {
      ...options,
      key: ({ headers }) => key(textOf(headers["x-account"])),
    };
    app.use(rateLimitNode(own));
    app.get("/", (request, response) => {
      response.send(rateLimitOf(request)?.outcome);
    });
    return listening(createServer(app));
  },
  node: ({ key = () => undefined, ...options }) => {
    const limited = rateLimitNode({ ...options, key: ({ headers }) => key(textOf(headers["x-account"])) });
    return listening(
      createServer(
        requestListener([limited], (request, response) => response.end(rateLimitOf(request)?.outcome), {
          log: quiet,
        }),
      ),
    );
  },
  fetch: ({ key = () => undefined, ...options }) => {
    const limited = rateLimitFetch({ ...options, key: ({ headers }) => key(account(headers)) });
    return fetchServer(limited(async (request) => new Response(rateLimitOf(request)?.outcome)));
  },
  hono: ({ key = () => undefined, ...options }) => {
    const app = new Hono();
    const own: LimitMiddlewareOptions<Context> = { ...options, key: (c) => key(c.req.header("x-account")) };
    app.use(rateLimitHono(own));
    app.get("/", (c) => c.text(`${rateLimitOf(c.req.raw)?.outcome}`));
    return fetchServer((request) => app.fetch(request));
  },
};

const get = (url: string, name?: string) =>
  fetch(url, {
    headers: name === undefined ? {} : { "x-account": name },
    signal: AbortSignal.timeout(20_000),
  });

describe.each(Object.entries(servers))("%s:", (_, server) => {
  test("a request within its limit has the headers of the draft, and its handler finds the answer", async () => {
    const reply = await get(await server({ ...common, tenant: freshTenant() }));
    expect([reply.status, await reply.text()]).toEqual([200, "allowed"]);
    expect(reply.headers.get("ratelimit-policy")).toBe('"default";q=2;w=60');
    expect(reply.headers.get("ratelimit")).toBe('"default";r=1;t=30');
  });

  test("a request above its limit gets 429 as a problem, and the handler does not run", async () => {
    const url = await server({ ...common, tenant: freshTenant() });
    for (const _ of [1, 2]) expect((await get(url)).status).toBe(200);
    const reply = await get(url);
    const seconds = Number(reply.headers.get("retry-after"));
    expect(reply.headers.get("ratelimit")).toBe(`"default";r=0;t=${seconds}`);
    expect(reply.headers.get("content-type")).toBe("application/problem+json");
    expect(await reply.json()).toEqual({
      type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
      title: "Too Many Requests",
      status: 429,
      code: "RATE_LIMITED",
      detail: "too many requests; try again later",
      "violated-policies": ["default"],
    });
    expect(seconds).toBeGreaterThan(20);
  });

  test("each account has its own count, and groups of one name share theirs", async () => {
    const tenant = freshTenant();
    const options: Options = { ...common, tenant, key: (name) => name };
    const [one, other] = [await server(options), await server({ ...options, group: "other" })];
    const same = await server(options);
    for (const name of ["ada", "ben", "ada"]) expect((await get(one, name)).status).toBe(200);
    expect((await get(same, "ada")).status).toBe(429);
    expect((await get(other, "ada")).status).toBe(200);
  });

  test("a cost above the burst gets 429 without Retry-After", async () => {
    const reply = await get(await server({ ...common, tenant: freshTenant(), cost: 3 }));
    expect([reply.status, reply.headers.get("retry-after")]).toEqual([429, null]);
    expect(await reply.json()).toMatchObject({ code: "COST_TOO_LARGE" });
  });

  test("a wrong result of key is a logged problem that does not show it", async () => {
    const logged: object[] = [];
    const log = { ...quiet, error: (facts: object) => void logged.push(facts) };
    const reply = await get(await server({ ...common, tenant: freshTenant(), log, key: () => "undefined" }));
    expect(reply.status).toBe(500);
    expect(await reply.json()).toMatchObject({ code: "ARGUMENT" });
    expect(logged).toEqual([expect.objectContaining({ code: "ARGUMENT" })]);
  });

  test("an error of key is the handler's own, and nothing is counted", async () => {
    const failing = () => {
      throw new Error("no session");
    };
    const reply = await get(await server({ ...common, tenant: freshTenant(), key: failing }));
    expect([reply.status, reply.headers.get("ratelimit")]).toEqual([500, null]);
  });

  test("without Redis, onUnavailable decides", async () => {
    const { proxy, tenant } = await unsteady();
    proxy.blackHole();
    const away = { ...common, tenant, timeoutMs: 50 };
    const allowed = await get(await server({ ...away, onUnavailable: "allow" }));
    expect([allowed.status, allowed.headers.get("ratelimit")]).toEqual([200, null]);
    const denied = await get(await server({ ...away, onUnavailable: "deny" }));
    expect([denied.status, denied.headers.get("retry-after")]).toEqual([503, "1"]);
    const local = await server(away);
    const statuses: number[] = [];
    for (const _ of [1, 2, 3]) statuses.push((await get(local)).status);
    expect(statuses).toEqual([200, 200, 429]);
  });
});

test("the client's address is request.ip of Express by its trust of proxies, else that of the socket", async () => {
  const from = async (url: string, address: string) =>
    (await fetch(url, { headers: { "x-forwarded-for": address } })).status;
  const trusting = await servers["express"]?.({ ...common, tenant: freshTenant() });
  const plain = await servers["node"]?.({ ...common, tenant: freshTenant() });
  const addresses = ["203.0.113.1", "203.0.113.2", "203.0.113.3"];
  const found: number[][] = [];
  for (const url of [trusting ?? "", plain ?? ""]) {
    const statuses: number[] = [];
    for (const address of addresses) statuses.push(await from(url, address));
    found.push(statuses);
  }
  expect(found).toEqual([
    [200, 200, 200],
    [200, 200, 429],
  ]);
});

test("headers are added to a redirect, whose own cannot be changed, and to handlers' own they do not", async () => {
  const key = () => "ada";
  const limited = rateLimitFetch({ ...common, tenant: freshTenant(), key });
  const redirect = limited(async () => Response.redirect("http://shop/a", 302));
  const { status, headers } = await redirect(new Request("http://shop/"));
  expect([status, headers.get("location"), headers.get("ratelimit-policy")]).toEqual([
    302,
    "http://shop/a",
    '"default";q=2;w=60',
  ]);
  const own = limited(async () => new Response("", { headers: { ratelimit: "mine" } }));
  expect((await own(new Request("http://shop/"))).headers.get("ratelimit")).toBe("mine");
});

test("limits and keys work together: a refused request uses no key", async () => {
  const tenant: LimitedTenant & KeyedTenant = freshTenant();
  let runs = 0;
  const middleware = [
    rateLimitNode({ ...common, tenant, limits: { quota: 1, periodMs: 60_000 } }),
    idempotentNode({ tenant, log: quiet }),
  ];
  const listener = requestListener(middleware, (_request, response) => response.end(`run ${++runs}`));
  const url = await listening(createServer(listener));
  const key = freshKey();
  const send = () => fetch(url, { method: "POST", headers: { "idempotency-key": key } });
  expect(await (await send()).text()).toBe("run 1");
  const refused = await send();
  expect([refused.status, refused.headers.get("idempotency-replayed"), runs]).toEqual([429, null, 1]);
});

test("clientAddress is exported for keys", () => {
  expect(clientAddress("::ffff:192.0.2.1")).toBe("192.0.2.1");
  expect(acme.scope.tenant).toBe("acme");
});
