import fastify from "fastify";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createHttpCache, event } from "../../src/http-cache/index.js";
import { createMoonpath } from "../../src/index.js";
import { redisFromUrl } from "../../src/testing/index.js";
import {
  createWebhookReceiver,
  invalidates,
  invalidatesTags,
  signWebhook,
  type WebhookMessage,
  type WebhookReceiverOptions,
  webhookFastify,
  webhookHandler,
} from "../../src/webhooks/index.js";
import { openMoonpath, unhandledRejections } from "../support/cache/kit.js";
import { afterTest } from "../support/cleanup.js";
import { startOwn } from "../support/own-server.js";
import { deferred } from "../support/wait.js";

const SECRET = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;
const OTHER_SECRET = `whsec_${Buffer.alloc(32, 4).toString("base64")}`;
const URL_OF_SHOP = "http://shop.test/webhooks";

interface Sending {
  readonly id?: string;
  readonly secrets?: readonly string[];
  readonly nowMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as a sender makes it. */
function requestOf(
  content: unknown,
  { id = "msg_1", secrets = [SECRET], nowMs, headers }: Sending = {},
): Request {
  const body = typeof content === "string" ? content : JSON.stringify(content);
  const signed = signWebhook({ id, body, secrets, nowMs });
  return new Request(URL_OF_SHOP, { method: "POST", body, headers: { ...signed, ...headers } });
}

const message = (data: unknown = { product: "lamp" }, type = "stock.updated") => ({
  type,
  timestamp: "2026-11-30T12:00:00Z",
  data,
});

async function open(options: Partial<WebhookReceiverOptions> = {}) {
  const moonpath = await openMoonpath();
  const handled: WebhookMessage[] = [];
  const errors: Error[] = [];
  const refusals: string[] = [];
  const receive = createWebhookReceiver(moonpath.tenant("acme"), {
    secrets: [SECRET],
    on: { "stock.updated": async (one) => void handled.push(one) },
    onError: (error) => void errors.push(error),
    onRefused: (reason) => void refusals.push(reason),
    ...options,
  });
  const codeOf = async (request: Request) => {
    const response = await receive(request);
    const text = await response.text();
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    const code = typeof body === "object" && body !== null && "code" in body ? body.code : undefined;
    return code === undefined ? response.status : `${response.status} ${code}`;
  };
  return { moonpath, acme: moonpath.tenant("acme"), receive, handled, errors, refusals, codeOf };
}

describe("a webhook", () => {
  test("is handled once, although it comes several times", async () => {
    const { codeOf, handled } = await open();
    const first = requestOf(message());
    const replay = first.clone();
    expect(await codeOf(first)).toBe(204);
    expect(await codeOf(replay)).toBe(204);
    // The sender tries again with a new time.
    expect(await codeOf(requestOf(message(), { nowMs: Date.now() + 2_000 }))).toBe(204);
    expect(handled).toHaveLength(1);
    expect(handled[0]).toMatchObject({ id: "msg_1", type: "stock.updated", data: { product: "lamp" } });
    expect(await codeOf(requestOf(message(), { id: "msg_2" }))).toBe(204);
    expect(handled).toHaveLength(2);
  });

  test("is handled once by several processes at the same time", async () => {
    const { acme, codeOf, handled } = await open();
    const second = createWebhookReceiver(acme, {
      secrets: [SECRET],
      on: { "stock.updated": async (one) => void handled.push(one) },
    });
    const statuses = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 2 === 0
          ? codeOf(requestOf(message()))
          : second(requestOf(message())).then(({ status }) => status),
      ),
    );
    expect(handled).toHaveLength(1);
    for (const status of statuses) expect([204, 409, "409 IN_PROGRESS"]).toContain(status);
  });

  test("is handled again after its handler has failed, and shows the sender no reason", async () => {
    let calls = 0;
    const { receive, codeOf, errors } = await open({
      on: {
        "stock.updated": async () => {
          calls++;
          if (calls === 1) throw new Error("secret-reason");
        },
      },
    });
    const response = await receive(requestOf(message()));
    expect(response.status).toBe(500);
    expect(await response.text()).not.toMatch(/secret/);
    expect(errors.map(({ message: text }) => text)).toEqual(["secret-reason"]);
    expect(await codeOf(requestOf(message()))).toBe(204);
    expect(await codeOf(requestOf(message()))).toBe(204);
    expect(calls).toBe(2);
  });

  test("that is being handled is answered with 409", async () => {
    const started = deferred("the handler has started");
    const finish = deferred("the handler ends");
    const { codeOf } = await open({
      on: {
        "stock.updated": async () => {
          started.resolve();
          await finish.promise;
        },
      },
    });
    const first = codeOf(requestOf(message()));
    await started.promise;
    expect(await codeOf(requestOf(message()))).toBe("409 IN_PROGRESS");
    finish.resolve();
    expect(await first).toBe(204);
  });

  test("of a type without a handler is answered with 204, and nothing is done", async () => {
    const { codeOf, handled } = await open();
    expect(await codeOf(requestOf(message({}, "order.changed")))).toBe(204);
    expect(await codeOf(requestOf(message({}, "__proto__")))).toBe("400 NOT_A_MESSAGE");
    expect(await codeOf(requestOf(message({}, "constructor")))).toBe(204);
    expect(handled).toEqual([]);
  });

  test("of another source with the same id is another message", async () => {
    const { acme, codeOf, handled } = await open();
    const other = createWebhookReceiver(acme, {
      source: "other",
      secrets: [SECRET],
      on: { "stock.updated": async (one) => void handled.push(one) },
    });
    expect(await codeOf(requestOf(message()))).toBe(204);
    expect((await other(requestOf(message()))).status).toBe(204);
    expect(handled).toHaveLength(2);
  });
});

describe("an attacker", () => {
  test("cannot alter, replay late, or sign", async () => {
    const { codeOf, handled, refusals } = await open();
    const altered = requestOf(message());
    const forged = new Request(URL_OF_SHOP, { method: "POST", headers: altered.headers, body: "{}" });
    expect(await codeOf(forged)).toBe("401 NOT_VERIFIED");
    expect(await codeOf(requestOf(message(), { nowMs: Date.now() - 310_000 }))).toBe("401 NOT_VERIFIED");
    expect(await codeOf(requestOf(message(), { nowMs: Date.now() + 310_000 }))).toBe("401 NOT_VERIFIED");
    expect(await codeOf(requestOf(message(), { secrets: [OTHER_SECRET] }))).toBe("401 NOT_VERIFIED");
    const signature = { "webhook-signature": "v9,AAAA" };
    expect(await codeOf(requestOf(message(), { headers: signature }))).toBe("401 NOT_VERIFIED");
    expect(await codeOf(new Request(URL_OF_SHOP, { method: "POST", body: "{}" }))).toBe("401 NOT_VERIFIED");
    expect(refusals).toEqual(["signature", "too_old", "too_new", "signature", "signature", "header_missing"]);
    expect(handled).toEqual([]);
  });

  test("cannot send a huge body, whether or not he says how large it is", async () => {
    const { codeOf } = await open({ maxBodyBytes: 1_000 });
    const huge = "x".repeat(2_000);
    expect(await codeOf(requestOf(huge, { headers: { "content-length": "2000" } }))).toBe(
      "413 BODY_TOO_LARGE",
    );
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(600));
      },
    });
    const init = { method: "POST", body: endless, duplex: "half" } as const;
    expect(await codeOf(new Request(URL_OF_SHOP, init))).toBe("413 BODY_TOO_LARGE");
    expect(pulled).toBeLessThan(10);
  });

  test("cannot hold a request open", async () => {
    const { codeOf } = await open({ bodyMs: 50 });
    const silent = new ReadableStream({ pull: () => new Promise<void>(() => undefined) });
    const init = { method: "POST", body: silent, duplex: "half" } as const;
    expect(await codeOf(new Request(URL_OF_SHOP, init))).toBe("408 BODY_TIMEOUT");
  });

  test("who breaks off the body is no error of the shop", async () => {
    const { codeOf, errors } = await open();
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
    const init = { method: "POST", body: broken, duplex: "half" } as const;
    expect(await codeOf(new Request(URL_OF_SHOP, init))).toBe("400 BODY_INCOMPLETE");
    expect(errors).toEqual([]);
  });

  test.each(["no JSON", "null", "7", "[]", '{"data":{}}', '{"type":7}', '{"type":"a b"}', '{"type":""}', ""])(
    "who has a secret cannot break it with the body %j",
    async (body) => {
      const { codeOf, errors } = await open();
      expect(await codeOf(requestOf(body))).toBe("400 NOT_A_MESSAGE");
      expect(errors).toEqual([]);
    },
  );

  test("who has a secret cannot use an id for two messages", async () => {
    const { codeOf, handled } = await open();
    expect(await codeOf(requestOf(message()))).toBe(204);
    expect(await codeOf(requestOf(message({ product: "desk" })))).toBe("422 PAYLOAD_MISMATCH");
    expect(handled).toHaveLength(1);
  });

  test.each(["GET", "PUT", "DELETE"])("cannot use %s", async (method) => {
    const { receive } = await open();
    const response = await receive(new Request(URL_OF_SHOP, { method }));
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });
});

describe("invalidations", () => {
  const definition = { pattern: "product:<product>", freshMs: 600_000 } as const;

  test("of tags reach a cache", async () => {
    const { acme, moonpath } = await open();
    let version = 0;
    const products = moonpath
      .cache({ ...definition, tags: () => ["brand:oslo"], load: async () => ++version })
      .tenant("acme");
    const lamp = { product: "lamp" };
    await products.getOrLoad(lamp);
    const receive = createWebhookReceiver(acme, {
      secrets: [SECRET],
      on: { "tags.changed": invalidatesTags(acme.cache, (tag) => tag.startsWith("brand:")) },
    });
    expect(await products.getOrLoad(lamp)).toBe(1);
    const send = (tags: unknown, id: string) =>
      receive(requestOf(message({ tags }, "tags.changed"), { id })).then(({ status }) => status);
    expect(await send(["brand:oslo"], "msg_1")).toBe(204);
    expect(await products.getOrLoad(lamp)).toBe(2);
    const wrong: readonly unknown[] = [
      undefined,
      [],
      "brand:oslo",
      [7],
      [""],
      ["secret:oslo"],
      ["brand:{oslo}"],
      Array.from({ length: 101 }, () => "brand:oslo"),
    ];
    for (const [index, tags] of wrong.entries()) expect(await send(tags, `wrong_${index}`)).toBe(400);
    expect(await products.getOrLoad(lamp)).toBe(2);
  });

  test("of events reach a cache of responses, with the payload of the event and nothing else", async () => {
    const { acme, moonpath } = await open();
    const events = {
      inventory_change: event({ payload: ["product"], tags: ({ product }) => [`product:${product}`] }),
    };
    const pages = createHttpCache(moonpath, { tenant: "acme", policies: {}, events });
    let version = 0;
    const products = moonpath
      .cache({ ...definition, tags: ({ product }) => [`product:${product}`], load: async () => ++version })
      .tenant("acme");
    const lamp = { product: "lamp" };
    await products.getOrLoad(lamp);
    const receive = createWebhookReceiver(acme, {
      secrets: [SECRET],
      on: {
        "stock.updated": invalidates((payload) => pages.changed("inventory_change", payload), ["product"]),
      },
    });
    expect((await receive(requestOf(message({ product: "lamp", more: 1 })))).status).toBe(204);
    expect(await products.getOrLoad(lamp)).toBe(2);
    for (const [index, data] of [
      {},
      { product: 7 },
      { product: "" },
      null,
      "lamp",
      { product: {} },
    ].entries())
      expect((await receive(requestOf(message(data), { id: `wrong_${index}` }))).status).toBe(400);
  });

  test("that Redis has not confirmed are asked for again", async () => {
    const { acme } = await open();
    const outcomes = ["pending", "done"] as const;
    let calls = 0;
    const receive = createWebhookReceiver(acme, {
      secrets: [SECRET],
      on: {
        "tags.changed": invalidatesTags({ invalidateTags: async () => outcomes[calls++] ?? "done" }),
      },
    });
    const send = () =>
      receive(requestOf(message({ tags: ["a"] }, "tags.changed"))).then(({ status }) => status);
    expect([await send(), await send(), await send()]).toEqual([503, 204, 204]);
    expect(calls).toBe(2);
  });

  test("with a schema: the handler gets checked data", async () => {
    const orders: string[] = [];
    const { codeOf } = await open({
      on: {
        "order.changed": webhookHandler(z.object({ order: z.string() }), async ({ data }) => {
          orders.push(data.order);
        }),
      },
    });
    expect(await codeOf(requestOf(message({ order: "o-1" }, "order.changed")))).toBe(204);
    expect(await codeOf(requestOf(message({ order: 1 }, "order.changed"), { id: "msg_2" }))).toBe(
      "400 INVALID_DATA",
    );
    expect(orders).toEqual(["o-1"]);
  });
});

test("while Redis is away, the sender is told to come again, and nothing is handled", async () => {
  const rejections = unhandledRejections();
  const server = await startOwn();
  const redis = redisFromUrl(server.url, { retryStrategy: () => 50 });
  redis.on("error", () => {});
  const moonpath = createMoonpath(redis, { deadlineMs: 300 });
  afterTest(() => {
    moonpath.close();
    redis.disconnect();
  });
  await moonpath.ready();
  let calls = 0;
  const receive = createWebhookReceiver(moonpath.tenant("acme"), {
    secrets: [SECRET],
    on: { "stock.updated": async () => void calls++ },
  });
  await server.stop();
  const response = await receive(requestOf(message()));
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(calls).toBe(0);
  expect(rejections).toEqual([]);
});

test("a route of Fastify receives the bytes that were signed, and leaves the parsers of other routes", async () => {
  const { receive, handled } = await open({ maxBodyBytes: 1_000 });
  const app = fastify();
  afterTest(() => app.close());
  await app.register(webhookFastify, { path: "/webhooks", receive });
  app.post("/other", async ({ body }) => ({ body }));
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  const body = `{ "type":"stock.updated",  "data":{"product":"lamp"} }`;
  const send = (text: string, type: string) =>
    fetch(`${url}/webhooks`, {
      method: "POST",
      body: text,
      headers: { ...signWebhook({ id: "msg_1", body, secrets: [SECRET] }), "content-type": type },
    }).then(({ status }) => status);
  expect(await send(body, "application/json")).toBe(204);
  expect(await send(body, "text/plain")).toBe(204);
  expect(await send(`${body} `, "application/json")).toBe(401);
  expect(await send("x".repeat(5_000), "application/json")).toBe(413);
  expect(handled).toHaveLength(1);
  const other = await fetch(`${url}/other`, {
    method: "POST",
    body: '{"a":1}',
    headers: { "content-type": "application/json" },
  });
  expect(await other.json()).toEqual({ body: { a: 1 } });
});

test("options that are not valid are refused", async () => {
  const { acme } = await open();
  const handlers = { a: async () => undefined };
  for (const [options, argument] of [
    [{ secrets: [], on: handlers }, "secrets"],
    [{ secrets: [SECRET], on: {} }, "on"],
    [{ secrets: [SECRET], on: { "a b": async () => undefined } }, "on"],
    [{ secrets: [SECRET], on: handlers, toleranceMs: 1 }, "toleranceMs"],
    [{ secrets: [SECRET], on: handlers, rememberMs: 500_000 }, "rememberMs"],
    [{ secrets: [SECRET], on: handlers, maxBodyBytes: 0 }, "maxBodyBytes"],
    [{ secrets: [SECRET], on: handlers, source: "a b" }, "source"],
  ] as const)
    expect(() => createWebhookReceiver(acme, options)).toThrowError(expect.objectContaining({ argument }));
});
