import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { json } from "node:stream/consumers";
import express from "express";
import { Hono } from "hono";
import { BusyError } from "../../../src/core/errors.js";
import {
  idempotencyOf,
  idempotentFetch,
  idempotentHono,
  idempotentNode,
  type KeyedTenant,
  type KeyMiddlewareOptions,
  noteErrors,
  requestListener,
} from "../../../src/http/adapters/index.js";
import type { RequestRun } from "../../../src/idempotency/index.js";
import { acme } from "../http.js";
import { fetchServer, listening } from "./fetch-server.js";

/** What a handler replies. A list of headers has several values. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer | AsyncIterable<string>;
}

/** The handler of a shop, whichever framework calls it. */
export type Handler = (call: {
  readonly body: unknown;
  readonly run: RequestRun | undefined;
}) => Promise<Answer>;

/** Options that all adapters have, without functions of a request. */
export type ShopOptions = Omit<KeyMiddlewareOptions<never>, "tenant" | "caller" | "content" | "route"> & {
  readonly tenant?: KeyedTenant;
};

type Shop = (handler: Handler, options: ShopOptions) => Promise<string>;

/** Nothing of a test's own errors on the terminal. */
const log = { error() {}, warn() {} };

/** An app of Express whose body parser comes before or after the middleware. */
function expressShop(parser: "before" | "after"): Shop {
  return (handler, options) => {
    const app = express();
    const [json, keyed] = [
      express.json({ limit: "10mb" }),
      idempotentNode<express.Request>({ ...defaults, ...options }),
    ];
    const middleware = parser === "before" ? [json, keyed] : [keyed, json];
    app.post("/orders", ...middleware, async (request, response) => {
      sendNode(response, await handler({ body: request.body, run: idempotencyOf(request) }));
    });
    app.use(noteErrors);
    app.use(
      (error: Error, _request: express.Request, response: express.Response, next: express.NextFunction) => {
        if (response.headersSent) next(error);
        else response.status(statusOf(error)).send("failed");
      },
    );
    return listening(createServer(app));
  };
}

/** One shop for each adapter: `POST /orders` under required keys. Each returns the URL of its server. */
export const shops: Readonly<Record<string, Shop>> = {
  "express, parsed before": expressShop("before"),
  "express, parsed after": expressShop("after"),

  hono: (handler, options) => {
    const app = new Hono();
    app.post("/orders", idempotentHono({ ...defaults, ...options }), async (c) => {
      const body: unknown = await c.req.json();
      return responseOf(await handler({ body, run: idempotencyOf(c.req.raw) }));
    });
    app.onError((error, c) => c.text("failed", { status: statusOf(error) }));
    return fetchServer((request) => app.fetch(request));
  },

  fetch: (handler, options) => {
    const handle = idempotentFetch({ ...defaults, ...options })(async (request) => {
      const body: unknown = await request.json();
      return responseOf(await handler({ body, run: idempotencyOf(request) }));
    });
    return fetchServer(handle);
  },

  node: (handler, options) => {
    const keyed = idempotentNode({ ...defaults, ...options });
    const handle = async (request: IncomingMessage, response: ServerResponse) =>
      sendNode(response, await handler({ body: await json(request), run: idempotencyOf(request) }));
    return listening(createServer(requestListener([keyed], handle, { log })));
  },
};

const defaults = { tenant: acme, log, waitMs: 0 };

/** The status that an error page has. */
function statusOf(error: Error): 409 | 500 {
  return error instanceof BusyError ? 409 : 500;
}

function sendNode(response: ServerResponse, { status = 200, headers = {}, body }: Answer): void {
  if (typeof body !== "object" || Buffer.isBuffer(body)) {
    response.writeHead(status, headers).end(body);
    return;
  }
  response.writeHead(status, headers);
  Readable.from(body).pipe(response);
}

function responseOf({ status = 200, headers = {}, body }: Answer): Response {
  const found = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const one of [value].flat()) found.append(name, one);
  }
  if (typeof body !== "object" || Buffer.isBuffer(body)) {
    const bytes = body === undefined ? null : new Uint8Array(Buffer.from(body));
    return new Response(bytes, { status, headers: found });
  }
  // As Hono's streaming helpers do.
  found.set("transfer-encoding", "chunked");
  const encoded = Readable.from(body).map((text: string) => Buffer.from(text));
  return new Response(Readable.toWeb(encoded), { status, headers: found });
}

/** A POST under a key. */
export function order(url: string, key: string | undefined, more: RequestInit & { body?: string } = {}) {
  return fetch(`${url}/orders`, {
    method: "POST",
    body: '{"lamp":1}',
    signal: AbortSignal.timeout(20_000),
    ...more,
    headers: {
      "content-type": "application/json",
      ...(key === undefined ? {} : { "idempotency-key": key }),
      ...more.headers,
    },
  });
}

/** The parts of a reply that tests compare. */
export async function partsOf(sent: Promise<Response>) {
  const response = await sent;
  const { status, headers } = response;
  const body = Buffer.from(await response.arrayBuffer());
  return { status, headers, body, text: body.toString(), replayed: headers.get("idempotency-replayed") };
}

/** The code of a problem. */
export async function codeOf(sent: Promise<Response>): Promise<unknown> {
  const { status, headers, text } = await partsOf(sent);
  if (headers.get("content-type") !== "application/problem+json") return [status, text];
  const { code }: { code?: unknown } = JSON.parse(text);
  return [status, code];
}
