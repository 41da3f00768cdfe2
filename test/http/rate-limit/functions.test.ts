import type { FastifyInstance, FastifyRequest } from "fastify";
import { describe, expect, test } from "vitest";
import type { RateLimitOptions } from "../../../src/http/index.js";
import { freshTenant, get, limitedApp, statuses, two } from "../../support/limit/app.js";

/** As a caller that is not typed may answer. */
const returning = (value: unknown): Pick<RateLimitOptions, "key"> => {
  const answer: unknown = () => value;
  if (typeof answer !== "function") throw new Error("it is a function");
  return { key: (request) => Reflect.apply(answer, undefined, [request]) };
};

/** The lines of the log at `error` and above. */
function logged() {
  const lines: string[] = [];
  return { lines, logger: { level: "error", stream: { write: (line: string) => void lines.push(line) } } };
}

const accountOf = ({ headers }: FastifyRequest) =>
  typeof headers["x-account"] === "string" ? headers["x-account"] : undefined;
const as = async (app: FastifyInstance, account: string) =>
  (await get(app, "/", { headers: { "x-account": account } })).statusCode;

describe("a function may return a promise:", () => {
  test("each account of an async key has its own count", async () => {
    const app = await limitedApp({ limits: two, key: async (request) => accountOf(request) });
    for (const account of ["ada", "ada", "bob", "bob", "cleo"]) expect(await as(app, account)).toBe(200);
    expect(await as(app, "ada")).toBe(429);
    // A promise of undefined is the address.
    expect(await statuses(app, ["/", "/", "/"])).toEqual([200, 200, 429]);
  });

  test("skip exempts only the requests for which its promise is true", async () => {
    const one = { quota: 1, periodMs: 60_000 };
    const app = await limitedApp({ limits: one, skip: async ({ url }) => url === "/?health" });
    expect(await statuses(app, ["/?health", "/?health", "/", "/"])).toEqual([200, 200, 200, 429]);
  });

  test("the cost and the tenant too", async () => {
    const [one, other] = [freshTenant(), freshTenant()];
    const app = await limitedApp({
      limits: two,
      cost: async () => 2,
      tenant: async (request) => (accountOf(request) === "one" ? one : other),
    });
    expect([await as(app, "one"), await as(app, "other"), await as(app, "one")]).toEqual([200, 200, 429]);
  });

  test("a rejected promise is the error of the request, as one that a function throws", async () => {
    const failing = Object.assign(new Error("no session"), { statusCode: 401 });
    const app = await limitedApp({ limits: two, key: () => Promise.reject(failing) });
    expect((await get(app)).statusCode).toBe(401);
  });
});

describe("a result that is no account is a logged problem that names key:", () => {
  test.each<[string, unknown]>([
    ["an object", { id: "ada" }],
    ["a number", 17],
    ["a BigInt", 17n],
    ["null", null],
    ["true", true],
    ["a promise of an object", Promise.resolve({})],
    ["the text undefined", "undefined"],
    ["the text of an object", "[object Object]"],
    ["the text of a promise", "[object Promise]"],
    ["spaces", "  "],
  ])("%s", async (_, value) => {
    const { lines, logger } = logged();
    const app = await limitedApp({ limits: two, ...returning(value) }, () => {}, { logger });
    const reply = await get(app);
    expect([reply.statusCode, reply.json().code, lines.length]).toEqual([500, "ARGUMENT", 1]);
    expect(lines[0]).toContain("argument key: ");
    expect(reply.body).not.toContain("key");
  });
});

describe("other wrong results are logged problems:", () => {
  const of = (value: unknown) => () => value;
  test.each<[string, string, () => unknown]>([
    ["a text of skip", "skip", of("no")],
    ["a number of skip", "skip", of(1)],
    ["a text of cost", "cost", of("2")],
    ["a cost of 0", "cost", of(0)],
    ["no tenant", "tenant", of(undefined)],
    ["a name of a tenant", "tenant", of("acme")],
  ])("%s", async (_, option, answer) => {
    const { lines, logger } = logged();
    const app = await limitedApp({ limits: two, [option]: answer }, () => {}, { logger });
    const reply = await get(app);
    expect([reply.statusCode, reply.json().code, lines.length]).toEqual([500, "ARGUMENT", 1]);
    expect(lines[0]).toContain(`argument ${option}: `);
  });
});

test("skip that returns undefined skips nothing", async () => {
  const app = await limitedApp({ limits: two, skip: () => undefined });
  expect(await statuses(app, ["/", "/", "/"])).toEqual([200, 200, 429]);
});

test("a GET route and the HEAD route that Fastify adds have one count", async () => {
  const app = await limitedApp({}, (routes) => {
    routes.get("/own", { config: { rateLimit: { limits: two } } }, async () => "own");
    const handler = async () => "both";
    const config = { rateLimit: { limits: two } };
    routes.route({ method: ["GET", "POST"], url: "/both", config, handler });
    routes.post("/own", { config }, handler);
  });
  const head = async (url: string) => (await app.inject({ method: "HEAD", url })).statusCode;
  for (const url of ["/own", "/both"]) {
    expect([await head(url), await head(url), await head(url)]).toEqual([200, 200, 429]);
    expect((await get(app, url)).statusCode).toBe(429);
  }
  expect((await app.inject({ method: "POST", url: "/own" })).statusCode).toBe(200);
});
