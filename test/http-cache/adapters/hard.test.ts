import { createServer } from "node:http";
import { Readable } from "node:stream";
import { gunzipSync, gzipSync } from "node:zlib";
import Fastify from "fastify";
import { afterEach, describe, expect, test, vi } from "vitest";
import { cacheFastify, cacheNode, createHttpCache } from "../../../src/http-cache/index.js";
import { createMoonpath } from "../../../src/index.js";
import { redisFromUrl } from "../../../src/testing/index.js";
import { afterTest } from "../../support/cleanup.js";
import {
  adapters,
  EVERYTHING,
  eachAdapter,
  get,
  listening,
  origin,
  ownCache,
  ownClient,
  proxied,
} from "../../support/http-cache/site.js";
import { startOwn } from "../../support/own-server.js";
import { deferred, eventually, within } from "../../support/wait.js";

afterEach(() => {
  vi.useRealTimers();
});

describe.each(eachAdapter)("%s", (_name, start) => {
  test("Vary: Accept-Encoding, Accept-Language: each variant is stored once, also in other words", async () => {
    const site = await start(ownCache(), ({ headers }) => {
      const isGzip = String(headers["accept-encoding"]).includes("gzip");
      const text = `in ${headers["accept-language"]}`;
      return {
        headers: {
          vary: "Accept-Encoding, Accept-Language",
          etag: `"${isGzip}"`,
          ...(isGzip ? { "content-encoding": "gzip" } : {}),
        },
        body: isGzip ? gzipSync(text) : text,
      };
    });
    const of = (coding: string, language: string) =>
      get(`${site.url}/page`, { headers: { "accept-encoding": coding, "accept-language": language } });
    const textOf = ({ bytes, headers }: Awaited<ReturnType<typeof of>>) =>
      String(headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes);
    for (let times = 0; times < 2; times++)
      for (const coding of ["gzip, br", "identity"])
        for (const language of ["en", "de"]) {
          const page = await of(coding, language);
          expect(textOf(page)).toBe(`in ${language}`);
          expect(page.cache).toContain(times === 0 ? "stored" : "hit");
        }
    expect((await of("br,gzip", "EN")).cache).toContain("hit");
    expect(site.asked.length).toBe(4);
  });

  test("at most maxVariants are stored, and the oldest goes", async () => {
    const site = await start(ownCache({ rules: { maxVariants: 2 } }), ({ headers }) => ({
      headers: { vary: "x-size" },
      body: String(headers["x-size"]),
    }));
    const of = async (size: string) => (await get(`${site.url}/page`, { headers: { "x-size": size } })).cache;
    for (const size of ["s", "m", "l"]) await of(size);
    expect(await of("l")).toContain("hit");
    expect(await of("m")).toContain("hit");
    expect(await of("s")).toContain("stored");
    expect(await of("m")).not.toContain("hit");
  });

  test("a body whose length is above the limit passes at once, and others do not wait for it", async () => {
    const rest = deferred("the test lets the body go on");
    let runs = 0;
    const site = await start(ownCache({ maxBytes: 1_000, loadTimeoutMs: 60_000 }), () => {
      runs++;
      async function* parts() {
        yield Buffer.alloc(900, "a");
        await rest.promise;
        yield Buffer.alloc(200, "b");
      }
      return { headers: { "content-length": "1100" }, body: Readable.from(parts(), { objectMode: false }) };
    });
    const first = get(`${site.url}/page`);
    await eventually("the first is in the handler", () => expect(runs).toBe(1));
    const second = get(`${site.url}/page`);
    await eventually("the second does not wait", () => expect(runs).toBe(2));
    rest.resolve();
    for (const page of [await first, await second])
      expect([page.bytes.length, page.cache]).toEqual([1_100, expect.not.stringContaining("hit")]);
  });

  test("a body of unknown length above the limit passes whole, and is not stored", async () => {
    const site = await start(ownCache({ maxBytes: 1_000 }), () => ({
      body: Readable.from([Buffer.alloc(600, "a"), Buffer.alloc(600, "b"), Buffer.alloc(600, "c")], {
        objectMode: false,
      }),
    }));
    for (let times = 0; times < 2; times++)
      expect((await get(`${site.url}/page`)).text).toMatch(/^a{600}b{600}c{600}$/);
    expect(site.asked.length).toBe(2);
  });

  test("a response slower than loadTimeoutMs reaches its client part by part, and others do not wait for it", async () => {
    const rest = deferred("the test lets the body go on", 30_000);
    let runs = 0;
    const site = await start(ownCache({ loadTimeoutMs: 700 }), () => {
      const run = ++runs;
      async function* parts() {
        yield Buffer.from("one ");
        if (run === 1) await rest.promise;
        yield Buffer.from("two");
      }
      return { body: Readable.from(parts(), { objectMode: false }) };
    });
    const first = get(`${site.url}/page`);
    await eventually("the first is in the handler", () => expect(runs).toBe(1));
    const second = await get(`${site.url}/page`);
    expect(second.text).toBe("one two");
    rest.resolve();
    expect((await first).text).toBe("one two");
  });

  test("a refresh in the background that never ends: the entry is filled again later", async () => {
    let runs = 0;
    const site = await start(ownCache({ loadTimeoutMs: 500, maxForwards: 1 }), async () => {
      const run = ++runs;
      if (run === 2) await new Promise(() => undefined);
      return { headers: { "cache-control": "max-age=0, stale-while-revalidate=60" }, body: `version ${run}` };
    });
    const url = `${site.url}/page`;
    expect((await get(url)).text).toBe("version 1");
    expect((await get(url)).text).toBe("version 1");
    await eventually("the refresh hangs", () => expect(runs).toBe(2));
    await eventually(
      "a later refresh ends",
      async () => expect((await get(url)).text).not.toBe("version 1"),
      40_000,
    );
  });

  test("a client that leaves a handler which never answers frees its place", async () => {
    let runs = 0;
    const site = await start(
      ownCache({ loadTimeoutMs: 500, maxForwards: 1, cacheTimeoutMs: 20_000 }),
      async ({ target }) => {
        runs++;
        if (target === "/hangs") await new Promise(() => undefined);
        return { body: "a page" };
      },
    );
    const client = new AbortController();
    const gone = get(`${site.url}/hangs`, { signal: client.signal }).catch(() => "gone");
    await eventually("the handler hangs", () => expect(runs).toBe(1));
    client.abort();
    await gone;
    if (_name === "proxy") return;
    await eventually(
      "its place is free",
      async () => expect((await get(`${site.url}/page`)).text).toBe("a page"),
      40_000,
    );
  });

  test("a handler that throws: 500 or a closed connection, nothing is stored, and those that wait go on", async () => {
    const fail = deferred("the test lets the handler throw");
    let runs = 0;
    const site = await start(ownCache(), async () => {
      if (++runs > 1) return { body: "a page" };
      await fail.promise;
      throw new Error("the database is gone");
    });
    const first = get(`${site.url}/page`).then(
      ({ status }) => status,
      () => 500,
    );
    await eventually("it is in the handler", () => expect(runs).toBe(1));
    const second = get(`${site.url}/page`);
    fail.resolve();
    expect(await first).toBeGreaterThanOrEqual(500);
    expect((await second).text).toBe("a page");
  });

  test("Redis goes away: handlers answer, within the cache's limit, and Cache-Status says why", async () => {
    const server = await startOwn();
    const redis = redisFromUrl(server.url, { maxRetriesPerRequest: null });
    redis.on("error", () => undefined);
    const moonpath = createMoonpath(redis, { namespace: "away" });
    afterTest(() => redis.disconnect());
    afterTest(() => moonpath.close());
    const errors: Error[] = [];
    const cache = createHttpCache(moonpath, {
      ...EVERYTHING,
      cacheTimeoutMs: 1_000,
      onError: (error) => errors.push(error),
    });
    const site = await start(cache, () => ({ body: "a page" }));
    await eventually("it is stored", async () =>
      expect((await get(`${site.url}/page`)).cache).toContain("hit"),
    );
    await server.stop();
    for (let times = 0; times < 8; times++) {
      const page = await within("an answer", get(`${site.url}/page`), 10_000);
      expect([page.text, page.cache]).toEqual(["a page", expect.stringContaining("fwd=bypass")]);
      expect(page.cache).toContain("detail=CACHE_UNAVAILABLE");
    }
    const changed = await within("an unsafe request", get(`${site.url}/page`, { method: "PUT" }), 10_000);
    expect(changed.status).toBe(200);
    expect(await cache.invalidateTags(["product:lamp"])).toBe("pending");
  });

  test("two processes with different clocks: age and freshness are those of Redis's clock", async () => {
    const { namespace } = ownClient();
    const shared = { ...EVERYTHING, origin: "http://shop.example", hosts: "any" } as const;
    const site = await start(createHttpCache(ownClient({ namespace }), shared), () => ({
      headers: { "cache-control": "max-age=60", date: new Date(realNow()).toUTCString() },
      body: "a page",
    }));
    // The clock of this process is an hour late, and later an hour early.
    const offset = { ms: -3_600_000 };
    const realNow = () => Date.now() - offset.ms;
    const now = Date.now.bind(Date);
    const spy = vi.spyOn(Date, "now").mockImplementation(() => now() + offset.ms);
    afterTest(() => spy.mockRestore());
    const first = await get(`${site.url}/page`);
    expect(first.cache).toContain("stored");
    expect(Number(first.headers.age ?? 0)).toBeLessThan(30);
    offset.ms = 3_600_000;
    const other = await start(createHttpCache(ownClient({ namespace }), shared), () => ({
      body: "not asked",
    }));
    const second = await get(`${other.url}/page`);
    expect([second.text, second.cache]).toEqual(["a page", expect.stringMatching(/hit; ttl=[345]\d$/)]);
    expect(Number(second.headers.age)).toBeLessThan(30);
  });
});

test("a coded body is stored once, and a cache before a handler that codes sends it as it is", async () => {
  const text = "a page ".repeat(1_000);
  const back = await origin(({ headers }) =>
    String(headers["accept-encoding"]).includes("gzip")
      ? { headers: { vary: "accept-encoding", "content-encoding": "gzip" }, body: gzipSync(text) }
      : { headers: { vary: "accept-encoding" }, body: text },
  );
  const inner = await proxied(ownCache(), back.url);
  const outer = await proxied(ownCache({ name: "outer" }), inner.url);
  for (let times = 0; times < 3; times++) {
    const page = await get(`${outer.url}/page`, { headers: { "accept-encoding": "gzip" } });
    expect(page.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(page.bytes).toString()).toBe(text);
    expect((await get(`${outer.url}/page`)).text).toBe(text);
  }
  expect(back.asked.length).toBe(2);
});

test("Fastify: a hook that codes what is sent codes a stored response once", async () => {
  const app = Fastify({ forceCloseConnections: true });
  afterTest(() => app.close());
  await app.register(cacheFastify, { cache: ownCache() });
  // As @fastify/compress does: what is coded already passes.
  app.addHook("onSend", async (request, reply, payload) => {
    if (reply.hasHeader("content-encoding") || request.headers["accept-encoding"] !== "gzip") return payload;
    reply.header("content-encoding", "gzip").header("vary", "accept-encoding").removeHeader("content-length");
    return gzipSync(Buffer.isBuffer(payload) ? payload : String(payload));
  });
  app.get("/page", async () => "a page");
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  for (let times = 0; times < 3; times++) {
    const page = await get(`${url}/page`, { headers: { "accept-encoding": "gzip" } });
    expect(gunzipSync(page.bytes).toString()).toBe("a page");
    expect((await get(`${url}/page`)).text).toBe("a page");
  }
});

test("Fastify: a handler that takes the response over is no answer for others", async () => {
  let runs = 0;
  const app = Fastify({ forceCloseConnections: true });
  afterTest(() => app.close());
  await app.register(cacheFastify, { cache: ownCache() });
  app.get("/page", (_request, reply) => {
    runs++;
    reply.hijack();
    setTimeout(() => reply.raw.end(`run ${runs}`), 50);
  });
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  const pages = await within("all answers", Promise.all([1, 2, 3].map(() => get(`${url}/page`))));
  expect(pages.every(({ text }) => text.startsWith("run"))).toBe(true);
  expect(runs).toBe(3);
});

test.each([adapters.node, adapters.fastify])(
  "a miss with a range or a condition is answered in its words",
  async (start) => {
    const site = await start(ownCache(), () => ({ headers: { etag: '"1"' }, body: "a page" }));
    const part = await get(`${site.url}/one`, { headers: { range: "bytes=2-3" } });
    expect([part.status, part.text]).toEqual([206, "pa"]);
    expect((await get(`${site.url}/two`, { headers: { "if-none-match": '"1"' } })).status).toBe(304);
    for (const path of ["/one", "/two"]) expect((await get(site.url + path)).text).toBe("a page");
    expect(site.asked.map(({ headers }) => headers.range ?? headers["if-none-match"])).toEqual([
      undefined,
      undefined,
    ]);
  },
);

describe("node:http", () => {
  test("a handler that writes later, waits for drain and ends", async () => {
    const part = Buffer.alloc(30_000, "a");
    const handler = cacheNode({ cache: ownCache() }, async (_request, response) => {
      response.setHeader("content-type", "text/html");
      response.writeHead(200, ["Content-Type", "text/plain", "X-A", "1", "X-A", "2"]);
      for (let at = 0; at < 10; at++) {
        if (!response.write(part)) await new Promise((resolve) => response.once("drain", resolve));
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end("end");
    });
    const url = await listening(createServer(handler));
    for (const expected of ["stored", "hit"]) {
      const page = await get(`${url}/page`);
      expect([page.bytes.length, page.cache]).toEqual([300_003, expect.stringContaining(expected)]);
      expect([page.headers["content-type"], page.headers["x-a"]]).toEqual(["text/plain", "1, 2"]);
    }
  });

  test("each of several cookies reaches the client, also behind a middleware that has set a field", async () => {
    const handler = cacheNode({ cache: ownCache() }, (_request, response) => {
      response.setHeader("set-cookie", ["a=1", "b=2"]);
      response.end("mine");
    });
    const url = await listening(
      createServer((request, response) => {
        response.setHeader("x-powered-by", "tests");
        handler(request, response);
      }),
    );
    expect((await get(`${url}/page`)).headers["set-cookie"]).toEqual(["a=1", "b=2"]);
  });

  test("a handler that destroys its response: the client learns of it, and nothing is stored", async () => {
    let runs = 0;
    const handler = cacheNode({ cache: ownCache() }, (request, response) => {
      runs++;
      if (request.url === "/before") response.destroy();
      else {
        response.write("half");
        setImmediate(() => response.destroy());
      }
    });
    const url = await listening(createServer(handler));
    for (let times = 0; times < 2; times++) {
      expect((await within("an answer", get(`${url}/before`))).status).toBe(502);
      await expect(within("an end", get(`${url}/half`))).rejects.toMatchObject({ code: "ECONNRESET" });
    }
    expect(runs).toBe(4);
  });

  test.each(["text/event-stream", "text/plain"])(
    "an endless stream of %s whose client leaves: the handler learns of it",
    async (type) => {
      const closed = deferred("the handler learns that its client has gone");
      const handler = cacheNode({ cache: ownCache({ loadTimeoutMs: 500 }) }, (_request, response) => {
        response.writeHead(200, { "content-type": type });
        const timer = setInterval(() => response.write("data: 1\n\n"), 20);
        response.on("close", () => {
          clearInterval(timer);
          closed.resolve();
        });
      });
      const url = await listening(createServer(handler));
      const client = new AbortController();
      const gone = get(`${url}/events`, { signal: client.signal }).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 300));
      client.abort();
      await gone;
      await closed.promise;
    },
  );
});
