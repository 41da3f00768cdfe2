import { createServer, type RequestListener, Server } from "node:http";
import { afterAll, expect, inject, test } from "vitest";
import { fetchServer, listening } from "../support/adapters/fetch-server.js";
import { codeOf, partsOf } from "../support/adapters/shops.js";
import { blocksOf, runBlock } from "../support/docs.js";
import { freshKey } from "../support/http.js";
import { freshNamespace } from "../support/redis.js";

const blocks = await blocksOf("docs/frameworks.md");
const disconnects: (() => void)[] = [];
afterAll(() => {
  for (const disconnect of disconnects) disconnect();
});

/** What the block exports that uses this import. */
async function exported(marker: string): Promise<Readonly<Record<string, unknown>>> {
  const block = blocks.find((text) => text.includes(marker));
  if (block === undefined) throw new Error(`docs/frameworks.md has no example of ${marker}`);
  const found: Readonly<Record<string, unknown>> = {
    ...(await runBlock(block, inject("redisUrl"), freshNamespace())),
  };
  const { redis } = found;
  if (redis instanceof Object && "disconnect" in redis)
    disconnects.push(() => Reflect.apply(Object(redis.disconnect), redis, []));
  return found;
}

const isListener = (value: unknown): value is RequestListener => typeof value === "function";

/** Two requests to the example. */
async function twice(send: (key: string) => Promise<Response>) {
  const key = freshKey();
  const [first, second] = [await partsOf(send(key)), await partsOf(send(key))];
  expect([first.status, first.replayed]).toEqual([201, null]);
  expect([second.status, second.text, second.replayed]).toEqual([201, first.text, "true"]);
  expect(first.headers.get("ratelimit-policy")).toBe('"default";q=100;w=60');
  return first.text;
}

const post = (url: string) => (key: string) =>
  fetch(url, { method: "POST", headers: { "idempotency-key": key }, signal: AbortSignal.timeout(20_000) });

test("the example of Express runs once and replays", async () => {
  const { app } = await exported('from "express"');
  if (!isListener(app)) throw new Error("it exports no app");
  const url = await listening(createServer(app));
  expect(JSON.parse(await twice(post(`${url}/orders`)))).toEqual({
    name: expect.stringMatching(/^http-/),
    fence: expect.any(Number),
  });
  expect(await codeOf(fetch(`${url}/orders`, { method: "POST" }))).toEqual([400, "KEY_MISSING"]);
});

test("the example of Hono runs once and replays", async () => {
  const { app } = await exported('from "hono"');
  if (!(app instanceof Object && "fetch" in app && typeof app.fetch === "function"))
    throw new Error("it exports no app");
  const { fetch: serve } = app;
  const url = await fetchServer(async (request) => {
    const response: unknown = await Reflect.apply(serve, app, [request]);
    if (!(response instanceof Response)) throw new Error("no response");
    return response;
  });
  expect(JSON.parse(await twice(post(`${url}/orders`)))).toMatchObject({ fence: expect.any(Number) });
});

test("the example of Next runs once and replays", async () => {
  const { POST, sessions } = await exported("route.ts");
  if (typeof POST !== "function" || !(sessions instanceof Map)) throw new Error("it exports no POST");
  sessions.set("ann", "account-1");
  const send = async (key: string, cookie = "ann") => {
    const headers = { "idempotency-key": key, cookie };
    const request = new Request("http://shop/api/shops/7/orders", { method: "POST", headers });
    const response: unknown = await POST(request, { params: Promise.resolve({ id: "7" }) });
    if (!(response instanceof Response)) throw new Error("no response");
    return response;
  };
  expect(JSON.parse(await twice(send))).toEqual({ shop: "7", fence: expect.any(Number) });
  expect(await codeOf(send(freshKey(), "nobody"))).toEqual([401, "CALLER_MISSING"]);
});

test("the example of node:http runs once and replays", async () => {
  const { server } = await exported('from "node:http"');
  if (!(server instanceof Server)) throw new Error("it exports no server");
  await twice(post(await listening(server)));
});
