import { hostname } from "node:os";
import { Readable } from "node:stream";
import { afterAll, beforeEach, expect, test } from "vitest";
import { errorTable, WrongTypeError } from "../../../src/index.js";
import { waitUntil } from "../../../src/testing/wait.js";
import { openTestShop } from "../../support/storefront/shop-kit.js";
import { UUID } from "../../support/uuid.js";

const SECRET = "secret-7f";
const SQL = `select ${SECRET} from shop.events`;

/** What may go wrong in a route, each with a text that is for the log alone. */
const FAULTS: Readonly<Record<string, () => unknown>> = {
  "a plain error": () => {
    throw new TypeError(SECRET);
  },
  "what is no error": () => Promise.reject(SECRET),
  "an error of the database": () =>
    Promise.reject(Object.assign(new Error(SQL), { code: "42P01", detail: SQL })),
  "an error of a client": () =>
    Promise.reject(
      new WrongTypeError("no hash", {
        script: { name: SECRET, version: "1.0.0", keyPatterns: [] },
        source: "lua/a.lua:3",
      }),
    ),
  "an error that calls itself a good answer": () =>
    Promise.reject(Object.assign(new Error(SECRET), { statusCode: 200 })),
  "an error with a status of text": () =>
    Promise.reject(Object.assign(new Error(SECRET), { statusCode: SECRET })),
  "an answer that is no JSON": () => ({ big: 1n, [SECRET]: SECRET }),
  "a stream that breaks at once": () =>
    new Readable({
      read() {
        this.destroy(new Error(SECRET));
      },
    }),
};

const open = await openTestShop((shop) => {
  for (const [name, fault] of Object.entries(FAULTS))
    shop.get(`/fault/${name.replaceAll(" ", "-")}`, async () => fault());
  shop.get("/refused", async () => {
    throw Object.assign(new Error(SECRET), { statusCode: 403 });
  });
  shop.get("/unlike", async () => {
    throw Object.assign(new Error(SECRET), { validation: [{ message: SECRET }], statusCode: 400 });
  });
  const onRequest = async () => {
    throw new Error(SECRET);
  };
  shop.get("/hook", { onRequest }, async () => "never");
  const onSend = async (request: object) => {
    if (failed.has(request)) return;
    failed.add(request);
    throw new Error(SECRET);
  };
  shop.get("/on-send", { onSend }, async () => "never");
});
const failed = new WeakSet<object>();
const { shop, warnings, pool, schema, redis, namespace, get, post } = open;
afterAll(() => open.close());
beforeEach(() => void warnings.splice(0));

/** The id of an answer, and that the log has the error under it. */
function expectLogged(body: unknown, secret: string | RegExp): void {
  expect(body).toMatchObject({ id: expect.stringMatching(UUID) });
  const lines = warnings.filter((line) => line.includes(Object(body).id));
  expect(lines).toEqual([expect.stringMatching(secret)]);
}

test.each([...Object.keys(FAULTS).map((name) => `/fault/${name.replaceAll(" ", "-")}`), "/hook", "/on-send"])(
  "hole 7: the answer of %s has code, message and id, and the log has the error",
  async (url) => {
    const { status, body } = await get(url);
    expect(status).toBe(500);
    expect(Object.keys(Object(body)).sort()).toEqual(["code", "id", "message"]);
    expect(JSON.stringify(body)).not.toMatch(/secret|select|lua|42P01|BigInt/);
    expectLogged(body, url.includes("JSON") ? /BigInt/ : SECRET);
  },
);

test.each(["/refused", "/unlike"])(
  "hole 7: the answer of %s has only the shop's own text, with a status below 500",
  async (url) => {
    const { status, body } = await get(url);
    expect([403, 400]).toContain(status);
    expect(body).toEqual({ code: "BAD_REQUEST", message: "the request cannot be read" });
  },
);

test("hole 7: the answer of failing books has no SQL, no table and no schema", async () => {
  await open.open("10601", 5);
  await pool.query(`alter table ${schema}.events rename to gone`);
  const { status, body } = await post("/events/sale", { event: "e1", product: "10601", units: 1 });
  await pool.query(`alter table ${schema}.gone rename to events`);
  expect([status, Object(body).code]).toEqual([503, "BOOKS_UNAVAILABLE"]);
  expect(JSON.stringify(body)).not.toMatch(/events|insert|relation|shop_/);
  expectLogged(body, new RegExp(`relation .*${schema}.events`));
});

test("hole 7: the answer for a corrupt key has neither script nor line", async () => {
  await redis.hset(`${namespace}:{acme:10602}:stock`, { total: "many", "level:north": 5, "seq:north": 1 });
  const { status, body } = await post("/events/sale", { event: "e1", product: "10602", units: 1 });
  expect({ status, body }).toEqual({
    status: 500,
    body: { code: "CORRUPT", message: errorTable.CORRUPT.meaning, id: expect.stringMatching(UUID) },
  });
  expectLogged(body, /stock\.reserve .*lua/);
});

test.each([
  { name: "no JSON", payload: "{", type: "application/json", expected: 400 },
  { name: "nothing", payload: "", type: "application/json", expected: 400 },
  { name: "a prototype", payload: '{"__proto__":{"units":1}}', type: "application/json", expected: 400 },
  {
    name: "a constructor",
    payload: '{"constructor":{"prototype":{"units":1}}}',
    type: "application/json",
    expected: 400,
  },
  { name: "too much", payload: `{"event":"${"x".repeat(20_000)}"}`, type: "application/json", expected: 413 },
  { name: "a form", payload: "units=1", type: "application/x-www-form-urlencoded", expected: 415 },
  { name: "a type that is none", payload: "units=1", type: "secret/../../lua", expected: 415 },
])("hole 7: a body of $name is refused with the shop's own text", async ({ payload, type, expected }) => {
  const headers = { "content-type": type };
  const answer = await shop.inject({ method: "POST", url: "/events/sale", headers, payload });
  expect(answer.statusCode).toBe(expected);
  expect(answer.json()).toEqual({ code: "BAD_REQUEST", message: expect.stringMatching(/^the request/) });
});

test.each([
  ["GET", "/nowhere/../../etc/passwd"],
  ["GET", "/products/10601/%2e%2e%2fjobs"],
  ["OPTIONS", "/orders"],
  ["DELETE", "/orders"],
  ["GET", "/orders"],
  ["POST", "/jobs?_method=GET"],
] as const)("hole 7: the answer of %s %s is NOT_FOUND without details", async (method, url) => {
  const answer = await shop.inject({ method, url, headers: { "x-http-method-override": "GET" } });
  expect(answer.statusCode).toBe(404);
  expect(answer.json()).toEqual({ code: "NOT_FOUND", message: "there is no such page" });
  expect(Object.keys(answer.headers).sort()).toEqual([
    "connection",
    "content-length",
    "content-type",
    "date",
  ]);
});

test("hole 16: /jobs has neither host nor process nor the text of an error", async () => {
  const { context, acme } = open;
  await acme.job.start({ job: "cleanup", fence: 1, number: 1 });
  await acme.job.finish({ job: "cleanup", fence: 1, number: 1, state: "failed", note: SQL });
  context.scheduler.start();
  await waitUntil(async () => (await context.scheduler.status()).leader !== undefined, 10_000, "a leader");
  const inside = JSON.stringify(await context.scheduler.status());
  const { status, body } = await get("/jobs");
  for (const known of [hostname(), `:${process.pid}:`, SQL]) {
    expect(inside).toContain(known);
    expect(JSON.stringify(body)).not.toContain(known);
  }
  expect(status).toBe(200);
  const jobs = expect.arrayContaining([
    expect.objectContaining({ name: "cleanup", last: expect.objectContaining({ outcome: "failed" }) }),
  ]);
  expect(body).toEqual({ isLed: true, jobs });
});

test("hole 16: a HEAD of a product's page counts no view", async () => {
  await open.open("10603", 5);
  const answer = await shop.inject({ method: "HEAD", url: "/products/10603?view=v1" });
  expect(answer.statusCode).toBe(200);
  expect(await get("/products/10603?view=v1")).toMatchObject({ body: { repeated: false } });
});
