import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
  type ServerResponse,
  request as startRequest,
} from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import Fastify from "fastify";
import {
  cacheFastify,
  cacheNode,
  createHttpCache,
  createProxy,
  type EventTable,
  type HttpCache,
  type HttpCacheOptions,
  type HttpProxy,
  policy,
} from "../../../src/http-cache/index.js";
import { createMoonpath, type Moonpath, type MoonpathOptions } from "../../../src/index.js";
import { afterTest } from "../cleanup.js";
import { freshNamespace, sharedRedis } from "../redis.js";

/** What a handler answers. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer | Readable;
}

/** A request as a handler sees it. */
export interface Asked {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

export type Respond = (asked: Asked) => Answer | Promise<Answer>;

/** A server with a cache, and what its handler has been asked. */
export interface Site {
  readonly url: string;
  readonly asked: Asked[];
}

export type StartSite = (cache: HttpCache, respond: Respond) => Promise<Site>;

/** A client in a namespace of its own, closed after the test. */
export function ownClient(options: MoonpathOptions = {}): Moonpath {
  const moonpath = createMoonpath(sharedRedis(), { namespace: freshNamespace(), ...options });
  afterTest(() => moonpath.close());
  return moonpath;
}

/** Every path is stored for a minute; a busy machine must not change what is tested. */
export const EVERYTHING = {
  tenant: "acme",
  cacheTimeoutMs: 20_000,
  policies: { all: policy({ path: "/*", freshMs: 60_000, query: "all" }) },
} as const satisfies HttpCacheOptions;

/** A cache in a namespace of its own. */
export function ownCache(
  options: Partial<HttpCacheOptions & { readonly events: EventTable }> = {},
): HttpCache {
  return createHttpCache(ownClient(), { ...EVERYTHING, ...options });
}

/** Listens on a port of its own until the test ends. */
export async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterTest(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

/** An origin of node:http that answers with `respond`. */
export async function origin(respond: Respond): Promise<Site> {
  const asked: Asked[] = [];
  const url = await listening(
    createServer((request, response) => {
      answerWith(respond, asked, request, response).catch(() => response.destroy());
    }),
  );
  return { url, asked };
}

async function answerWith(
  respond: Respond,
  asked: Asked[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = "", url = "", headers } = request;
  const one = { method, target: url, headers: { ...headers } };
  asked.push(one);
  const { status = 200, headers: sent = {}, body = "" } = await respond(one);
  response.writeHead(status, headersOf(sent));
  if (body instanceof Readable) await pipeline(body, response).catch(() => undefined);
  else response.end(body);
}

function headersOf(headers: NonNullable<Answer["headers"]>): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()]));
}

/** A proxy before an origin. */
export async function proxied(
  cache: HttpCache,
  originUrl: string,
): Promise<{ readonly url: string; readonly proxy: HttpProxy; readonly server: Server }> {
  const proxy = createProxy(cache, { origin: originUrl });
  afterTest(() => proxy.close());
  const server = createServer(proxy.handler);
  return { url: await listening(server), proxy, server };
}

export const adapters = {
  async fastify(cache, respond) {
    const asked: Asked[] = [];
    const app = Fastify({ forceCloseConnections: true });
    afterTest(() => app.close());
    await app.register(cacheFastify, { cache });
    app.all("/*", async ({ method, url, headers }, reply) => {
      const one = { method, target: url, headers: { ...headers } };
      asked.push(one);
      const { status = 200, headers: sent = {}, body = "" } = await respond(one);
      for (const [name, value] of Object.entries(sent)) reply.header(name, value);
      return reply.code(status).send(body);
    });
    return { asked, url: await app.listen({ port: 0, host: "127.0.0.1" }) };
  },
  async node(cache, respond) {
    const asked: Asked[] = [];
    const handler = cacheNode({ cache }, (request, response) =>
      answerWith(respond, asked, request, response),
    );
    return { asked, url: await listening(createServer(handler)) };
  },
  async proxy(cache, respond) {
    const { url, asked } = await origin(respond);
    return { asked, url: (await proxied(cache, url)).url };
  },
} as const satisfies Readonly<Record<string, StartSite>>;

export const eachAdapter = Object.entries<StartSite>(adapters);

/** A response as a client got it. */
export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
  /** The member of `Cache-Status` that this cache has added. */
  readonly cache: string;
  readonly trailers: IncomingHttpHeaders | object;
  readonly information: readonly number[];
}

export interface GetOptions {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** Sends one request with no fields but these and `Host`. */
export function get(url: string, options: GetOptions = {}): Promise<Got> {
  const { method = "GET", headers = {}, body, signal } = options;
  const { hostname, port } = new URL(url);
  // The path as it is, since `new URL` would change it.
  const path = url.slice(url.indexOf("/", "http://".length));
  return new Promise((resolve, reject) => {
    const information: number[] = [];
    const request = startRequest({
      hostname,
      port,
      path,
      method,
      headers,
      agent: false,
      ...(signal && { signal }),
    });
    request.on("information", ({ statusCode }) => information.push(statusCode));
    request.on("error", reject);
    request.on("response", (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const bytes = Buffer.concat(parts);
        const cache = String(response.headers["cache-status"] ?? "");
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes,
          text: bytes.toString(),
          cache,
          trailers: response.trailers,
          information,
        });
      });
    });
    request.end(body);
  });
}

/** Sends bytes, and returns all that the server sends until it closes the connection. */
export function raw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    const parts: Buffer[] = [];
    socket.on("data", (part) => parts.push(part));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(Buffer.concat(parts).toString("latin1")));
    socket.write(Buffer.from(text, "latin1"));
  });
}
