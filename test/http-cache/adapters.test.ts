import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import { createMoonpath, type Moonpath } from "moonpath";
import {
  cacheExpress,
  cacheFastify,
  cacheFetch,
  cacheNode,
  createHttpCache,
  createProxy,
  event,
  type HttpCache,
  policy,
} from "moonpath/http-cache";
import { afterEach, describe, expect, test } from "vitest";
import { freshNamespace, sharedRedis } from "../support/redis.js";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function client(): Moonpath {
  const moonpath = createMoonpath(sharedRedis(), { namespace: freshNamespace() });
  ends.push(() => moonpath.close());
  return moonpath;
}

const events = {
  product_update: event({ payload: ["product"], tags: ({ product }) => [`product:${product}`] }),
};

function cacheOf(moonpath: Moonpath) {
  return createHttpCache(moonpath, {
    tenant: "acme",
    events,
    cacheTimeoutMs: 5_000,
    policies: {
      product: policy({
        path: "/products/:product",
        freshMs: 60_000,
        staleMs: 60_000,
        query: ["currency"],
        tags: ({ path }) => [`product:${path.product}`],
      }),
      list: policy({ path: "/products", freshMs: 60_000, query: "all", invalidateOn: ["product_update"] }),
    },
  });
}

/** Counts how often the handler of each adapter runs. */
interface App {
  readonly runs: () => number;
  readonly url: string;
}

type Start = (
  cache: HttpCache,
  respond: () => { body: string; headers: Record<string, string> },
) => Promise<App>;

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  const address: AddressInfo | string | null = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return `http://127.0.0.1:${address.port}`;
}

const adapters: Readonly<Record<string, Start>> = {
  async fastify(cache, respond) {
    let runs = 0;
    const app = Fastify();
    ends.push(() => app.close());
    await app.register(cacheFastify, { cache });
    app.all("/*", async (_request, reply) => {
      runs++;
      const { body, headers } = respond();
      return reply.headers(headers).type("text/plain").send(body);
    });
    return { runs: () => runs, url: await app.listen({ port: 0, host: "127.0.0.1" }) };
  },
  async express(cache, respond) {
    let runs = 0;
    const app = express();
    app.use(cacheExpress({ cache }));
    app.use((_request, response) => {
      runs++;
      const { body, headers } = respond();
      response.set(headers).type("text/plain").send(body);
    });
    return { runs: () => runs, url: await listening(createServer(app)) };
  },
  async "node:http"(cache, respond) {
    let runs = 0;
    const handler = cacheNode({ cache }, (_request, response) => {
      runs++;
      const { body, headers } = respond();
      response.writeHead(200, { ...headers, "content-type": "text/plain" });
      response.write(body.slice(0, 3));
      response.end(body.slice(3));
    });
    return { runs: () => runs, url: await listening(createServer(handler)) };
  },
  async fetch(cache, respond) {
    let runs = 0;
    const app = new Hono();
    app.all("/*", (context) => {
      runs++;
      const { body, headers } = respond();
      return context.text(body, 200, headers);
    });
    const handler = cacheFetch({ cache }, (request) => app.fetch(request));
    const server = createServer(async (incoming, outgoing) => {
      const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
        method: incoming.method ?? "GET",
        headers: Object.entries(incoming.headers).map(
          ([name, value]) => [name, String(value)] as [string, string],
        ),
      });
      const response = await handler(request);
      outgoing.writeHead(response.status, [...response.headers].flat());
      outgoing.end(Buffer.from(await response.arrayBuffer()));
    });
    return { runs: () => runs, url: await listening(server) };
  },
  async proxy(cache, respond) {
    let runs = 0;
    const origin = await listening(
      createServer((_request, response) => {
        runs++;
        const { body, headers } = respond();
        response.writeHead(200, { ...headers, "content-type": "text/plain" });
        response.end(body);
      }),
    );
    const proxy = createProxy(cache, { origin });
    ends.push(() => proxy.close());
    return { runs: () => runs, url: await listening(createServer(proxy.handler)) };
  },
};

describe.each(Object.entries(adapters))("%s", (_name, start) => {
  test("the second request is a hit, also as HEAD, as a range and as a 304", async () => {
    const app = await start(cacheOf(client()), () => ({ body: "a lamp", headers: { etag: '"1"' } }));
    const url = `${app.url}/products/lamp`;
    const first = await fetch(url);
    expect([first.status, await first.text()]).toEqual([200, "a lamp"]);
    expect(first.headers.get("cache-status")).toBe("Moonpath; fwd=uri-miss; fwd-status=200; stored");
    const second = await fetch(url);
    expect([second.status, await second.text()]).toEqual([200, "a lamp"]);
    expect(second.headers.get("cache-status")).toMatch(/^Moonpath; hit; ttl=(59|60)$/);
    expect(second.headers.get("age")).toMatch(/^[01]$/);
    expect(second.headers.get("content-type")).toMatch(/^text\/plain/);
    const head = await fetch(url, { method: "HEAD" });
    expect([head.status, await head.text(), head.headers.get("content-length")]).toEqual([200, "", "6"]);
    const part = await fetch(url, { headers: { range: "bytes=2-3" } });
    expect([part.status, await part.text(), part.headers.get("content-range")]).toEqual([
      206,
      "la",
      "bytes 2-3/6",
    ]);
    const known = await fetch(url, { headers: { "if-none-match": 'W/"1"' } });
    expect([known.status, await known.text()]).toEqual([304, ""]);
    expect(app.runs()).toBe(1);
  });

  test("a successful unsafe request invalidates its URL", async () => {
    const app = await start(cacheOf(client()), () => ({ body: "a lamp", headers: {} }));
    const url = `${app.url}/products/lamp`;
    await (await fetch(url)).text();
    await (await fetch(url, { method: "DELETE" })).text();
    const again = await fetch(url);
    await again.text();
    expect(again.headers.get("cache-status")).toBe("Moonpath; fwd=uri-miss; fwd-status=200; stored");
    expect(app.runs()).toBe(3);
  });

  test("an event invalidates the pages that it makes old, and no others", async () => {
    const cache = cacheOf(client());
    const app = await start(cache, () => ({ body: "a lamp", headers: {} }));
    for (const path of ["/products/lamp", "/products/sofa", "/products?page=1"])
      await (await fetch(app.url + path)).text();
    await cache.changed("product_update", { product: "lamp" });
    const hits: string[] = [];
    for (const path of ["/products/lamp", "/products/sofa", "/products?page=1"]) {
      const answer = await fetch(app.url + path);
      await answer.text();
      if (answer.headers.get("cache-status")?.includes("hit")) hits.push(path);
    }
    expect(hits).toEqual(["/products/sofa"]);
  });

  test("what no policy names, and a response with Set-Cookie, is not stored", async () => {
    const app = await start(cacheOf(client()), () => ({
      body: "a lamp",
      headers: { "set-cookie": "session=1" },
    }));
    for (const path of ["/orders", "/products/lamp"]) {
      for (let times = 0; times < 2; times++) {
        const answer = await fetch(app.url + path);
        await answer.text();
        expect(answer.headers.get("cache-status") ?? "").not.toContain("hit");
      }
    }
    expect(app.runs()).toBe(4);
  });

  test("a stale page is served while it is refreshed in the background", async () => {
    let version = 1;
    const app = await start(cacheOf(client()), () => ({
      body: `lamp ${version}`,
      headers: { "cache-control": "max-age=0, stale-while-revalidate=60" },
    }));
    const url = `${app.url}/products/lamp`;
    expect(await (await fetch(url)).text()).toBe("lamp 1");
    version = 2;
    expect(await (await fetch(url)).text()).toBe("lamp 1");
    await expect.poll(() => app.runs()).toBe(2);
    await expect.poll(async () => (await fetch(url)).text()).toBe("lamp 2");
  });

  test("requests at the same time ask the handler once", async () => {
    const app = await start(cacheOf(client()), () => ({ body: "a lamp", headers: {} }));
    const url = `${app.url}/products/lamp?currency=GBP`;
    const bodies = await Promise.all(Array.from({ length: 20 }, async () => (await fetch(url)).text()));
    expect(new Set(bodies)).toEqual(new Set(["a lamp"]));
    expect(app.runs()).toBe(1);
  });
});
