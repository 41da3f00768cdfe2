import { createServer } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import express from "express";
import { expect, test } from "vitest";
import {
  idempotencyOf,
  idempotentNode,
  type KeyMiddlewareOptions,
  type Replay,
} from "../../../src/http/adapters/index.js";
import { listening } from "../../support/adapters/fetch-server.js";
import { codeOf, partsOf } from "../../support/adapters/shops.js";
import { acme, freshKey } from "../../support/http.js";
import { deferred, within } from "../../support/wait.js";

const log = { error() {}, warn() {} };
const keyed = (options: Partial<KeyMiddlewareOptions<express.Request>> = {}) =>
  idempotentNode<express.Request>({ tenant: acme, log, ...options });

function post(url: string, key: string, body: RequestInit["body"], contentType: string | undefined) {
  const type = contentType === undefined ? {} : { "content-type": contentType };
  return fetch(url, {
    method: "POST",
    headers: { "idempotency-key": key, ...type },
    body: body ?? null,
    signal: AbortSignal.timeout(20_000),
  });
}

/** An app whose handler counts and tells the body that it read. */
function counting(
  before: readonly express.RequestHandler[],
  options: Partial<KeyMiddlewareOptions<express.Request>> = {},
) {
  const app = express();
  for (const handler of before) app.use(handler);
  let runs = 0;
  app.post("/orders", keyed(options), (request, response) => {
    const body: unknown = request.body;
    response.json({ run: ++runs, body: Buffer.isBuffer(body) ? body.toString() : body });
  });
  return listening(createServer(app)).then((url) => ({ url: `${url}/orders`, runs: () => runs }));
}

test.each([
  [
    "JSON as bytes",
    express.raw({ type: "*/*" }),
    "application/json",
    '{"a":1,"b":2}',
    '{"b":2,"a":1}',
    '{"a":2}',
  ],
  ["bytes", express.raw({ type: "*/*" }), "image/png", "one", "one", "two"],
  ["text", express.text(), "text/plain", "one", "one", "two"],
  ["a form", express.urlencoded(), "application/x-www-form-urlencoded", "a=1&b=2", "b=2&a=1", "a=2&b=1"],
])("a parsed body is compared by its content (%s)", async (_, parser, type, body, same, other) => {
  const { url, runs } = await counting([parser]);
  const key = freshKey();
  expect((await partsOf(post(url, key, body, type))).status).toBe(200);
  expect((await partsOf(post(url, key, same, type))).replayed).toBe("true");
  expect([await codeOf(post(url, key, other, type)), runs()]).toEqual([[422, "PAYLOAD_MISMATCH"], 1]);
});

test("a body that the parser has left alone is compared by its bytes", async () => {
  // As body-parser of Express 4 does: an empty object, and the stream is unread.
  const empty: express.RequestHandler = (request, _response, next) => {
    request.body = {};
    next();
  };
  const { url } = await counting([express.json(), empty]);
  const key = freshKey();
  expect((await partsOf(post(url, key, "one", "image/png"))).status).toBe(200);
  expect(await codeOf(post(url, key, "two", "image/png"))).toEqual([422, "PAYLOAD_MISMATCH"]);
});

test("a request without a body differs from one with a body", async () => {
  const { url } = await counting([express.json()]);
  const key = freshKey();
  expect((await partsOf(post(url, key, undefined, undefined))).status).toBe(200);
  expect((await partsOf(post(url, key, undefined, undefined))).replayed).toBe("true");
  expect(await codeOf(post(url, key, "{}", "application/json"))).toEqual([422, "PAYLOAD_MISMATCH"]);
});

/** As parsers of multipart bodies do, which keep files elsewhere. */
const drain: express.RequestHandler = (request, _response, next) => {
  request.resume().on("end", () => {
    if (request.headers["content-type"]?.startsWith("multipart/")) request.body = { name: "lamp" };
    next();
  });
};

test.each([
  ["that nothing has kept", "video/mp4"],
  ["whose files are elsewhere", "multipart/form-data; boundary=b"],
])("a body %s gets 415, unless `content` describes it", async (_, type) => {
  const { url, runs } = await counting([drain]);
  expect(await codeOf(post(url, freshKey(), "film", type))).toEqual([415, "BODY_UNREAD"]);
  expect(runs()).toBe(0);
  const described = await counting([drain], {
    content: async ({ headers }) => headers["content-type"] ?? "",
  });
  const key = freshKey();
  expect((await partsOf(post(described.url, key, "film", type))).status).toBe(200);
  expect((await partsOf(post(described.url, key, "film", type))).replayed).toBe("true");
});

test("a handler may read the body as a stream, also an empty one in chunks", async () => {
  const app = express();
  app.post("/orders", keyed(), async (request, response) => {
    let size = 0;
    for await (const chunk of request) size += Buffer.from(chunk).length;
    response.send(`${size} bytes`);
  });
  const url = `${await listening(createServer(app))}/orders`;
  const large = Buffer.alloc(900_000);
  expect((await partsOf(post(url, freshKey(), large, "image/png"))).text).toBe("900000 bytes");
  const chunks = new ReadableStream({
    start(controller) {
      controller.close();
    },
  });
  const init = { method: "POST", headers: { "idempotency-key": freshKey() }, duplex: "half" as const };
  const sent = fetch(url, Object.assign(init, { body: chunks, signal: AbortSignal.timeout(20_000) }));
  expect((await partsOf(sent)).text).toBe("0 bytes");
});

test("a body that turns out to be empty while it is read keeps its end for the handler", async () => {
  const reading = deferred("the middleware reads");
  const app = express();
  app.use((_request, _response, next) => {
    next();
    reading.resolve();
  });
  app.post("/orders", keyed(), (request, response) => {
    request.on("end", () => response.send("ended")).resume();
  });
  const socket = connect(Number(new URL(await listening(createServer(app))).port), "127.0.0.1");
  socket.write(`POST /orders HTTP/1.1\r\nhost: a\r\nidempotency-key: ${freshKey()}\r\n`);
  socket.write("connection: close\r\ntransfer-encoding: chunked\r\n\r\n");
  await reading.promise;
  socket.write("0\r\n\r\n");
  expect(await within("the reply", text(socket))).toContain("ended");
});

test("onReplay gets the route, and a request is compared by the path that the client sent", async () => {
  const heard: Replay[] = [];
  const onReplay = (replay: Replay) => {
    heard.push(replay);
  };
  const app = express();
  const router = express.Router();
  router.post("/orders/:id", keyed({ onReplay }), (request, response) => {
    response.status(202).send(request.params["id"]);
  });
  app.use("/shops/:shop", router);
  const url = await listening(createServer(app));
  const key = freshKey();
  const ask = (path: string) => partsOf(post(`${url}${path}`, key, "x", "text/plain"));
  expect([(await ask("/shops/1/orders/7")).text, (await ask("/shops/1/orders/7")).replayed]).toEqual([
    "7",
    "true",
  ]);
  expect((await ask("/shops/2/orders/7")).status).toBe(422);
  expect((await ask("/shops/1/orders/8")).status).toBe(422);
  expect(heard).toEqual([{ method: "POST", route: "/shops/1/orders/:id", status: 202 }]);
  const named = express();
  named.use(express.text(), keyed({ onReplay, route: () => "orders" }), (_request, response) => {
    response.send("ok");
  });
  const other = await listening(createServer(named));
  const fresh = freshKey();
  for (const _ of [1, 2]) await post(`${other}/any`, fresh, "named", "text/plain");
  expect(heard.at(-1)).toEqual({ method: "POST", route: "orders", status: 200 });
});

test("a key on all routes leaves GET alone, and headers of earlier middleware stay on a replay", async () => {
  const app = express();
  app.use((_request, response, next) => {
    response.setHeader("access-control-allow-origin", "*");
    next();
  });
  app.use(keyed());
  let runs = 0;
  app.all("/orders", (_request, response) => {
    response.send(`run ${++runs}`);
  });
  const url = `${await listening(createServer(app))}/orders`;
  expect(await (await fetch(url)).text()).toBe("run 1");
  const key = freshKey();
  await post(url, key, "x", "text/plain");
  const { replayed, headers } = await partsOf(post(url, key, "x", "text/plain"));
  expect([replayed, headers.get("access-control-allow-origin")]).toEqual(["true", "*"]);
});

test("an error of `caller` goes to the app's own middleware for errors; a wrong account gets 401", async () => {
  let account: () => string = () => {
    throw Object.assign(new Error("no session"), { status: 403 });
  };
  const { url, runs } = await counting([express.json()], { caller: () => account() });
  expect((await partsOf(post(url, freshKey(), "{}", "application/json"))).status).toBe(403);
  account = () => "undefined";
  expect(await codeOf(post(url, freshKey(), "{}", "application/json"))).toEqual([401, "CALLER_MISSING"]);
  expect(runs()).toBe(0);
  account = () => "ann";
  const key = freshKey();
  expect((await partsOf(post(url, key, "{}", "application/json"))).status).toBe(200);
  account = () => "ben";
  expect((await partsOf(post(url, key, "{}", "application/json"))).replayed).toBeNull();
});

test("a reply that another timeout has sent leaves the key free, and the handler does not run", async () => {
  const arrived = deferred("the slow content is asked for");
  const go = deferred("the other timeout has replied");
  const app = express();
  app.use((_request, response, next) => {
    arrived.promise.then(() => response.status(503).send("timeout")).then(() => go.resolve());
    next();
  });
  let runs = 0;
  const content = async () => {
    arrived.resolve();
    await go.promise;
    return "same";
  };
  app.post("/orders", keyed({ content }), (_request, response) => {
    runs++;
    response.send("ran");
  });
  const url = `${await listening(createServer(app))}/orders`;
  const key = freshKey();
  expect((await partsOf(post(url, key, "x", "text/plain"))).text).toBe("timeout");
  const free = express();
  free.post("/orders", keyed({ content: () => "same", waitMs: 15_000 }), (_request, response) => {
    response.send("free");
  });
  const other = `${await listening(createServer(free))}/orders`;
  expect([(await partsOf(post(other, key, "x", "text/plain"))).text, runs]).toEqual(["free", 0]);
});

test("a stream of many parts keeps the backpressure of the client, and arrives whole", async () => {
  const part = "x".repeat(50_000);
  const app = express();
  app.post("/orders", keyed(), (_request, response) => {
    Readable.from(Array.from({ length: 100 }, () => part)).pipe(response.type("text"));
  });
  const url = `${await listening(createServer(app))}/orders`;
  expect((await partsOf(post(url, freshKey(), "x", "text/plain"))).body.length).toBe(5_000_000);
});

test("a late handler that replies after a 504 throws nothing", async () => {
  const [ended, replied] = [
    deferred("the test ends the handler"),
    deferred<unknown>("the handler has replied"),
  ];
  const app = express();
  app.post("/orders", keyed({ handlerMs: 20, recordMs: 20 }), async (request, response) => {
    const run = idempotencyOf(request);
    await ended.promise;
    try {
      response
        .status(201)
        .cookie("a", "b")
        .location("/orders/1")
        .json({ late: run !== undefined });
      response.on("finish", () => {}).end();
      replied.resolve(undefined);
    } catch (error) {
      replied.resolve(error);
    }
  });
  const url = `${await listening(createServer(app))}/orders`;
  expect(await codeOf(post(url, freshKey(), "x", "text/plain"))).toEqual([504, "HANDLER_TIMEOUT"]);
  ended.resolve();
  expect(await replied.promise).toBeUndefined();
});
