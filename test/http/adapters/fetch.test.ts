import { Readable } from "node:stream";
import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import { streamText } from "hono/streaming";
import { validator } from "hono/validator";
import { expect, test } from "vitest";
import {
  type FetchKeyOptions,
  idempotencyOf,
  idempotentFetch,
  idempotentHono,
  type Replay,
} from "../../../src/http/adapters/index.js";
import { fetchServer } from "../../support/adapters/fetch-server.js";
import { codeOf, order, partsOf } from "../../support/adapters/shops.js";
import { acme, freshKey, namespace, redis } from "../../support/http.js";
import { aborted, deferred } from "../../support/wait.js";

const log = { error() {}, warn() {} };

/** As Next passes requests: a subclass with fields of its own. */
class NextLikeRequest extends Request {
  readonly nextUrl = new URL(this.url);
}

const sent = (key: string, body = '{"lamp":1}', path = "/orders/7") =>
  new NextLikeRequest(`http://shop${path}`, {
    method: "POST",
    headers: { "idempotency-key": key, "content-type": "application/json" },
    body,
  });

test("a route handler of Next gets its own request and its context", async () => {
  const heard: Replay[] = [];
  const keyed = idempotentFetch({
    tenant: acme,
    route: () => "/orders/[id]",
    onReplay: (replay) => void heard.push(replay),
  });
  let runs = 0;
  const POST = keyed(
    async (request: NextLikeRequest, { params }: { readonly params: Promise<{ readonly id: string }> }) => {
      const { id } = await params;
      const { lamp }: { lamp?: unknown } = JSON.parse(await request.text());
      const fence = idempotencyOf(request)?.fence;
      return Response.json({ run: ++runs, id, lamp, path: request.nextUrl.pathname, fence });
    },
  );
  const context = { params: Promise.resolve({ id: "7" }) };
  const key = freshKey();
  const first = await partsOf(POST(sent(key), context));
  const second = await partsOf(POST(sent(key), context));
  expect(JSON.parse(first.text)).toEqual({
    run: 1,
    id: "7",
    lamp: 1,
    path: "/orders/7",
    fence: expect.any(Number),
  });
  expect([second.text, second.replayed]).toEqual([first.text, "true"]);
  expect(await codeOf(POST(sent(key, '{"lamp":2}'), context))).toEqual([422, "PAYLOAD_MISMATCH"]);
  expect(await codeOf(POST(sent(key, undefined, "/orders/8"), context))).toEqual([422, "PAYLOAD_MISMATCH"]);
  expect(heard).toEqual([{ method: "POST", route: "/orders/[id]", status: 200 }]);
});

test("an error of the handler is thrown as it is, and leaves the key free", async () => {
  const failing = new Error("no database");
  let runs = 0;
  const handle = idempotentFetch({ tenant: acme })(async () => {
    if (++runs === 1) throw failing;
    return new Response("ok");
  });
  const key = freshKey();
  await expect(handle(sent(key))).rejects.toBe(failing);
  expect((await partsOf(handle(sent(key)))).text).toBe("ok");
});

test("an error in the body blocks the key, because the handler had its effect", async () => {
  const failing = new Error("no more");
  const handle = idempotentFetch({ tenant: acme })(
    async () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            controller.error(failing);
          },
        }),
      ),
  );
  const key = freshKey();
  await expect(handle(sent(key))).rejects.toBe(failing);
  expect(await codeOf(handle(sent(key)))).toEqual([409, "IN_PROGRESS"]);
});

test("a redirect is replayed, and Response.error() is not stored", async () => {
  const key = freshKey();
  const redirect = idempotentFetch({ tenant: acme })(async () =>
    Response.redirect("http://shop/orders/7", 303),
  );
  for (const replayed of [null, "true"]) {
    const { status, headers } = await redirect(sent(key));
    expect([status, headers.get("location"), headers.get("idempotency-replayed")]).toEqual([
      303,
      "http://shop/orders/7",
      replayed,
    ]);
  }
  let runs = 0;
  const failing = idempotentFetch({ tenant: acme })(async () => {
    runs++;
    return Response.error();
  });
  const other = freshKey();
  expect((await failing(sent(other))).type).toBe("error");
  expect((await failing(sent(other))).type).toBe("error");
  expect(runs).toBe(2);
});

test("a request whose body was read gets 415, unless `content` describes it", async () => {
  const read = async (options: Partial<FetchKeyOptions>) => {
    const request = sent(freshKey());
    await request.text();
    return idempotentFetch({ tenant: acme, ...options })(async () => new Response("ran"))(request);
  };
  expect(await codeOf(read({}))).toEqual([415, "BODY_UNREAD"]);
  expect(await codeOf(read({ content: async ({ headers }) => headers.get("content-type") }))).toEqual([
    200,
    "ran",
  ]);
});

test("a body that does not arrive gets 408, and its key is free", async () => {
  const body = new ReadableStream({ start() {} });
  const key = freshKey();
  const headers = { "idempotency-key": key };
  const request = new Request(
    "http://shop/orders",
    Object.assign({ method: "POST", headers, duplex: "half" as const }, { body }),
  );
  const handle = idempotentFetch({ tenant: acme, handlerMs: 30 })(async () => new Response("ran"));
  expect(await codeOf(handle(request))).toEqual([408, "BODY_TIMEOUT"]);
  expect(await codeOf(handle(sent(key)))).toEqual([200, "ran"]);
});

test("`isStream` decides which bodies are not read", async () => {
  const isStream = ({ headers }: Response) => headers.get("x-stream") !== null;
  const handle = idempotentFetch({ tenant: acme, isStream })(async (request) => {
    const body = await request.text();
    return new Response(body, { headers: body === '"s"' ? { "x-stream": "1" } : {} });
  });
  const [key, other] = [freshKey(), freshKey()];
  for (const [one, body] of [
    [key, '"s"'],
    [other, '"t"'],
  ] as const) {
    expect((await partsOf(handle(sent(one, body)))).text).toBe(body);
  }
  expect(await codeOf(handle(sent(key, '"s"')))).toEqual([409, "REPLY_NOT_KEPT"]);
  expect((await partsOf(handle(sent(other, '"t"')))).replayed).toBe("true");
});

test("after handlerMs, a body that takes long is sent as it comes, and not stored", async () => {
  const go = deferred("the client has the first part");
  async function* body() {
    yield Buffer.from("first ");
    await go.promise;
    yield Buffer.from("last");
  }
  const handle = idempotentFetch({ tenant: acme, handlerMs: 30, recordMs: 30 })(
    async () => new Response(Readable.toWeb(Readable.from(body())), { status: 201 }),
  );
  const key = freshKey();
  const response = await handle(sent(key));
  go.resolve();
  expect([response.status, await response.text()]).toEqual([201, "first last"]);
  expect(await codeOf(handle(sent(key)))).toEqual([409, "IN_PROGRESS"]);
});

/** A shop in Hono, with CORS before the middleware. */
function hono(
  handler: (c: Context) => Response | Promise<Response>,
  options: Partial<FetchKeyOptions<Context>> = {},
  before: (app: Hono) => void = (app) => void app.use(cors({ origin: "http://page" })),
) {
  const app = new Hono();
  before(app);
  app.post("/orders", idempotentHono<Context>({ tenant: acme, log, ...options }), handler);
  return fetchServer((request) => app.fetch(request));
}

test("Hono: headers of CORS stay on a replay and on a problem", async () => {
  const url = await hono((c) => c.json({ a: 1 }, 201));
  const key = freshKey();
  const headers = { origin: "http://page" };
  for (const replayed of [null, "true"]) {
    const reply = await partsOf(order(url, key, { headers }));
    expect([reply.status, reply.replayed, reply.headers.get("access-control-allow-origin")]).toEqual([
      201,
      replayed,
      "http://page",
    ]);
  }
  const missing = await partsOf(order(url, undefined, { headers }));
  expect([missing.status, missing.headers.get("access-control-allow-origin")]).toEqual([400, "http://page"]);
});

test("Hono: a body that a validator has read is compared", async () => {
  const validJson = validator("json", (value) => value);
  const url = await hono(
    async (c) => c.json(await c.req.json()),
    {},
    (app) => void app.use(validJson),
  );
  const key = freshKey();
  expect((await partsOf(order(url, key, { body: '{"a":1,"b":2}' }))).text).toBe('{"a":1,"b":2}');
  expect((await partsOf(order(url, key, { body: '{"b":2,"a":1}' }))).replayed).toBe("true");
  expect(await codeOf(order(url, key, { body: '{"b":1,"a":1}' }))).toEqual([422, "PAYLOAD_MISMATCH"]);
  const validForm = validator("form", (value) => value);
  const form = await hono(
    (c) => c.text("ran"),
    {},
    (app) => void app.use(validForm),
  );
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  expect(await codeOf(order(form, freshKey(), { body: "a=1", headers }))).toEqual([415, "BODY_UNREAD"]);
});

test("Hono: its streams are not stored, and its errors below 500 are", async () => {
  const url = await hono((c) => streamText(c, async (stream) => void (await stream.write("a"))));
  const key = freshKey();
  expect((await partsOf(order(url, key))).text).toBe("a");
  expect(await codeOf(order(url, key))).toEqual([409, "REPLY_NOT_KEPT"]);
  let runs = 0;
  const refusing = await hono((c) => c.text(`no ${++runs}`, 410));
  const other = freshKey();
  expect((await partsOf(order(refusing, other))).text).toBe("no 1");
  expect((await partsOf(order(refusing, other))).text).toBe("no 1");
});

test("Hono: the functions of the options get the context", async () => {
  const app = new Hono<{ Variables: { account: string } }>();
  app.use(async (c, next) => {
    c.set("account", c.req.header("x-account") ?? "");
    await next();
  });
  app.post("/orders", idempotentHono({ tenant: acme, log, caller: (c: Context) => c.get("account") }), (c) =>
    c.text(`for ${c.get("account")}`),
  );
  const url = await fetchServer((request) => app.fetch(request));
  const key = freshKey();
  const as = async (account: string) =>
    (await partsOf(order(url, key, { headers: { "x-account": account } }))).text;
  expect([await as("ann"), await as("ben"), await as("ann")]).toEqual(["for ann", "for ben", "for ann"]);
  expect(await codeOf(order(url, key))).toEqual([401, "CALLER_MISSING"]);
});

test("Hono: a lost lease leaves no header of the result", async () => {
  const url = await hono(
    async (c) => {
      const run = idempotencyOf(c.req.raw);
      if (!run) throw new Error("no run");
      const [name = ""] = await redis.keys(`*${namespace}*${run.request}}:request`);
      await redis.hset(name, "owner", "other", "fence", run.fence + 1);
      await aborted(run.signal);
      return c.json({ a: 1 }, 201, { location: "/orders/1" });
    },
    { leaseMs: 1_000 },
  );
  const { status, headers } = await partsOf(order(url, freshKey(), { headers: { origin: "http://page" } }));
  expect([status, headers.get("location"), headers.get("content-type")]).toEqual([
    409,
    null,
    "application/problem+json",
  ]);
  expect(headers.get("access-control-allow-origin")).toBe("http://page");
});
