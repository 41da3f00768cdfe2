import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { expect, test } from "vitest";
import {
  idempotentNode,
  type KeyMiddlewareOptions,
  type NodeMiddleware,
  type ProblemLog,
  requestListener,
} from "../../../src/http/adapters/index.js";
import { listening } from "../../support/adapters/fetch-server.js";
import { codeOf, order, partsOf } from "../../support/adapters/shops.js";
import { acme, freshKey } from "../../support/http.js";
import { deferred } from "../../support/wait.js";

const quiet: ProblemLog = { error() {}, warn() {} };

function served(
  handler: (request: IncomingMessage, response: ServerResponse) => unknown,
  options: Partial<KeyMiddlewareOptions<IncomingMessage>> = {},
  log = quiet,
): Promise<string> {
  const keyed = idempotentNode({ tenant: acme, log, ...options });
  return listening(createServer(requestListener([keyed], handler, { log })));
}

/** The first reply and its replay. */
async function twice(url: string) {
  const key = freshKey();
  return [await partsOf(order(url, key)), await partsOf(order(url, key))] as const;
}

test.each<[string, (response: ServerResponse) => unknown]>([
  [
    "writeHead with an object",
    (response) => response.writeHead(201, { "content-type": "a/b", etag: '"1"' }).end("hi"),
  ],
  [
    "with a message",
    (response) => response.writeHead(201, "Made", { "Content-Type": "a/b", ETag: '"1"' }).end("hi"),
  ],
  ["with a list", (response) => response.writeHead(201, ["content-type", "a/b", "etag", '"1"']).end("hi")],
  [
    "setHeader",
    (response) => {
      response.statusCode = 201;
      response.setHeader("content-type", "a/b").setHeader("etag", '"1"').end("hi");
    },
  ],
  [
    "a body in base64, and a head that replaces another",
    (response) => {
      response
        .setHeader("etag", '"0"')
        .writeHead(201, { "content-type": "a/b", etag: '"1"' })
        .end("aGk=", "base64");
    },
  ],
])("a reply by %s is sent and replayed as it is", async (_, reply) => {
  const replies = await twice(await served((_request, response) => reply(response)));
  for (const { status, headers, text } of replies) {
    expect([status, headers.get("content-type"), headers.get("etag"), text]).toEqual([
      201,
      "a/b",
      '"1"',
      "hi",
    ]);
  }
  expect(replies.map(({ replayed }) => replayed)).toEqual([null, "true"]);
});

test("callbacks, events and fields of the response are those of Node", async () => {
  const seen: unknown[] = [];
  const done = deferred("the response has finished");
  const url = await served((_request, response) => {
    response.on("finish", () => seen.push("finish"));
    const { headersSent, writableEnded } = response;
    seen.push([headersSent, writableEnded]);
    response.end("hi", () => {
      seen.push("callback");
      done.resolve();
    });
    seen.push([response.headersSent, response.writableEnded]);
  });
  expect((await partsOf(order(url, freshKey()))).text).toBe("hi");
  await done.promise;
  expect(seen.slice(0, 2)).toEqual([
    [false, false],
    [true, true],
  ]);
  expect(seen.slice(2).sort()).toEqual(["callback", "finish"]);
});

test("a reply by write is a stream: write returns false until it is recorded, and drain follows", async () => {
  const url = await served(async (_request, response) => {
    response.writeHead(200, { "content-type": "text/plain" });
    if (!response.write("a")) await once(response, "drain");
    response.write("b");
    response.end("c");
  });
  const key = freshKey();
  expect((await partsOf(order(url, key))).text).toBe("abc");
  expect(await codeOf(order(url, key))).toEqual([409, "REPLY_NOT_KEPT"]);
});

test("flushHeaders begins a stream", async () => {
  const [seen, go] = [deferred("the client has the head"), deferred("the handler goes on")];
  const url = await served(async (_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    await seen.promise;
    response.end("data: 1\n\n");
    go.resolve();
  });
  const response = await order(url, freshKey());
  seen.resolve();
  await go.promise;
  expect(await response.text()).toBe("data: 1\n\n");
});

test("an error after the reply is logged, and neither the reply nor the next one suffers", async () => {
  const logged: unknown[] = [];
  const log = { ...quiet, error: (facts: object) => void logged.push(facts) };
  const failing = new Error("after the reply");
  const url = await served(
    async (_request, response) => {
      response.end("sent");
      throw failing;
    },
    {},
    log,
  );
  const [first, second] = await twice(url);
  expect([first.text, second.text, second.replayed]).toEqual(["sent", "sent", "true"]);
  expect(logged).toEqual([{ err: failing }]);
});

test("an error of middleware or of the handler is a logged problem that shows nothing of it", async () => {
  const logged: unknown[] = [];
  const log = { ...quiet, error: (facts: object) => void logged.push(facts) };
  const failing = new Error("SECRET");
  const broken: readonly NodeMiddleware[] = [
    (_request, _response, next) => next(failing),
    () => {
      throw failing;
    },
  ];
  for (const middleware of broken) {
    const url = await listening(createServer(requestListener([middleware], () => "never", { log })));
    const { status, text } = await partsOf(order(url, freshKey()));
    expect([status, text.includes("SECRET")]).toEqual([500, false]);
    expect(JSON.parse(text)).toMatchObject({ code: "INTERNAL", id: expect.any(String) });
    expect(logged.at(-1)).toMatchObject({ err: failing, id: JSON.parse(text).id });
  }
});

test("an error in the middle of a stream closes the connection, and its request does not run again", async () => {
  const url = await served(async (_request, response) => {
    response.write("a");
    throw new Error("no more");
  });
  const key = freshKey();
  await expect(partsOf(order(url, key))).rejects.toBeInstanceOf(TypeError);
  expect(await codeOf(order(url, key))).toEqual([409, "REPLY_NOT_KEPT"]);
});

test("a log that throws harms no reply", async () => {
  const log = {
    error() {
      throw new Error("no");
    },
    warn() {
      throw new Error("no");
    },
  };
  const url = await served(
    () => {
      throw new Error("failed");
    },
    {},
    log,
  );
  expect(await codeOf(order(url, freshKey()))).toEqual([500, "INTERNAL"]);
});
