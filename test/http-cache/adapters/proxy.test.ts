import { createServer, request as startRequest } from "node:http";
import { connect, createServer as createTcpServer, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { createProxy } from "../../../src/http-cache/index.js";
import { afterTest } from "../../support/cleanup.js";
import { get, listening, origin, ownCache, proxied, raw } from "../../support/http-cache/site.js";
import { deferred, eventually, within } from "../../support/wait.js";

/** An origin that keeps all bytes it gets, and answers each connection with `answer`. */
async function tcpOrigin(answer: string): Promise<{ readonly url: string; readonly got: () => string }> {
  let got = "";
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (part) => {
      got += part.toString("latin1");
      if (got.endsWith("\r\n\r\n") || got.endsWith("0\r\n\r\n")) socket.write(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterTest(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}`, got: () => got };
}

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nCache-Control: no-store\r\n\r\nok";

describe("request smuggling", () => {
  test.each([
    [
      "Content-Length and Transfer-Encoding",
      "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /evil HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
    ["two lengths", "Content-Length: 4\r\nContent-Length: 6\r\n\r\nevil"],
    ["two lengths in one field", "Content-Length: 4, 6\r\n\r\nevil"],
    ["a length with a sign", "Content-Length: +4\r\n\r\nevil"],
    ["a space before the colon", "Content-Length : 4\r\n\r\nevil"],
    ["a coding that hides chunked", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"],
    ["two codings", "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"],
    ["chunked twice", "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"],
    ["chunked and identity", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"],
    ["a bare line feed", "X-A: b\nContent-Length: 4\r\n\r\nevil"],
    ["a null in a value", "X-A: b\0c\r\nContent-Length: 0\r\n\r\n"],
    ["two hosts", "Host: evil.example\r\n\r\n"],
    ["a chunk size with a sign", "Transfer-Encoding: chunked\r\n\r\n+4\r\nevil\r\n0\r\n\r\n"],
  ])("%s: nothing behind it is a request of its own", async (_, rest) => {
    const back = await tcpOrigin(OK);
    const { url } = await proxied(ownCache(), back.url);
    const answer = await within(
      "the proxy closes",
      raw(url, `POST /page HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n${rest}`),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 (400|501) /);
    expect(back.got()).not.toContain("GET /evil");
  });

  test("a folded field reaches the origin as one line, or not at all", async () => {
    const back = await tcpOrigin(OK);
    const { url } = await proxied(ownCache(), back.url);
    await raw(
      url,
      "GET /page HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\nX-A: b\r\n Transfer-Encoding: chunked\r\n\r\n",
    );
    expect(back.got()).not.toMatch(/\r\n[ \t]|\r\nTransfer-Encoding/i);
  });

  test("Connection cannot take away the length, the host or the credentials of a request", async () => {
    const back = await origin(({ headers }) => ({
      headers: { "cache-control": "no-store" },
      body: JSON.stringify(headers),
    }));
    const { url } = await proxied(ownCache(), back.url);
    const answer = await get(`${url}/page`, {
      method: "POST",
      body: "evil",
      headers: {
        host: "shop.example",
        connection: "close, content-length, host, authorization",
        authorization: "Bearer a",
        "content-length": 4,
      },
    });
    expect(JSON.parse(answer.text)).toMatchObject({
      host: "shop.example",
      authorization: "Bearer a",
      "content-length": "4",
    });
  });

  test("what Connection takes away does not choose a variant", async () => {
    const back = await origin(({ headers }) => ({
      headers: { vary: "accept-language" },
      body: String(headers["accept-language"]),
    }));
    const { url } = await proxied(ownCache(), back.url);
    const evil = await get(`${url}/page`, {
      headers: { connection: "close, Accept-Language", "accept-language": "en" },
    });
    expect(evil.text).toBe("undefined");
    expect((await get(`${url}/page`, { headers: { "accept-language": "en" } })).text).toBe("en");
  });

  test("an origin that answers twice at once does not answer the next request with its second", async () => {
    const split = `HTTP/1.1 200 OK\r\nContent-Length: 2\r\nCache-Control: max-age=60\r\n\r\nok${OK.replace("ok", "no")}`;
    const back = await tcpOrigin(split);
    const { url } = await proxied(ownCache(), back.url);
    expect((await get(`${url}/one`)).text).toBe("ok");
    expect((await get(`${url}/two`)).text).toBe("ok");
    expect((await get(`${url}/one`)).cache).toContain("hit");
  });
});

describe("what passes through", () => {
  test("trailers", async () => {
    const back = await listening(
      createServer((_request, response) => {
        response.writeHead(200, { trailer: "X-Sum, X-Count", "cache-control": "max-age=60" });
        response.write("part one, ");
        response.addTrailers({ "X-Sum": "abc", "X-Count": "2" });
        response.end("part two");
      }),
    );
    const { url } = await proxied(ownCache(), back);
    const answer = await get(`${url}/page`);
    expect([answer.text, answer.trailers]).toEqual([
      "part one, part two",
      { "x-sum": "abc", "x-count": "2" },
    ]);
    const hit = await get(`${url}/page`);
    expect([hit.text, hit.cache, hit.headers.trailer]).toEqual([
      "part one, part two",
      expect.stringContaining("hit"),
      undefined,
    ]);
  });

  test("102 and 103, and neither is stored", async () => {
    const back = await listening(
      createServer((_request, response) => {
        response.writeProcessing();
        response.writeEarlyHints({ link: "</a.css>; rel=preload" });
        response.writeHead(200, { "cache-control": "max-age=60" });
        response.end("a page");
      }),
    );
    const { url } = await proxied(ownCache(), back);
    expect(await get(`${url}/page`)).toMatchObject({ status: 200, text: "a page", information: [102, 103] });
    expect(await get(`${url}/page`)).toMatchObject({
      cache: expect.stringContaining("hit"),
      information: [],
    });
  });

  test("Expect: 100-continue, and the body after it", async () => {
    const back = await listening(
      createServer((request, response) => {
        request.on("data", (part) => response.write(part)).on("end", () => response.end());
      }),
    );
    const { url } = await proxied(ownCache(), back);
    const answer = await get(`${url}/page`, {
      method: "POST",
      headers: { expect: "100-continue" },
      body: "hello",
    });
    expect([answer.status, answer.text]).toEqual([200, "hello"]);
  });

  test("a body above the limit, at the speed of its reader and without being kept", async () => {
    const PART = Buffer.alloc(65_536, "a");
    const PARTS = 400;
    let written = 0;
    const back = await listening(
      createServer(async (_request, response) => {
        response.writeHead(200, { "cache-control": "max-age=60" });
        for (let part = 0; part < PARTS; part++) {
          written += PART.length;
          if (!response.write(PART)) await new Promise((resolve) => response.once("drain", resolve));
        }
        response.end();
      }),
    );
    const { url } = await proxied(ownCache({ maxBytes: 200_000 }), back);
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    afterTest(() => socket.destroy());
    socket.pause();
    socket.write("GET /page HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n");
    // A reader that does not read: the origin is not drained into memory.
    let last = -1;
    await eventually("the origin waits", () => {
      const before = last;
      last = written;
      expect(written).toBeGreaterThan(200_000);
      expect(written).toBe(before);
    });
    expect(written).toBeLessThan((PARTS * PART.length) / 2);
    let got = 0;
    socket.on("data", (part) => {
      got += part.length;
    });
    socket.resume();
    await within("the reader gets all", new Promise((resolve) => socket.once("close", resolve)), 40_000);
    expect(got).toBeGreaterThan(PARTS * PART.length);
  });

  test("a slow reader does not hold a fill", async () => {
    const body = Buffer.alloc(900_000, "a");
    const back = await origin(() => ({ headers: { "cache-control": "max-age=60" }, body }));
    const { url } = await proxied(ownCache({ origin: "http://shop.example", hosts: "any" }), back.url);
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    afterTest(() => socket.destroy());
    socket.pause();
    socket.write("GET /page HTTP/1.1\r\nHost: shop.example\r\n\r\n");
    await eventually("the fill has begun", () => expect(back.asked.length).toBe(1));
    const other = await get(`${url}/page`);
    expect([other.bytes.length, back.asked.length]).toEqual([900_000, 1]);
  });
});

describe("upgrades", () => {
  const UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

  async function upgrading(options: Partial<Parameters<typeof createProxy>[1]> = {}) {
    const server = createServer((_request, response) => response.writeHead(426).end("no"));
    server.on("upgrade", (request, socket, head) => {
      if (request.url === "/refused") {
        socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
        return;
      }
      socket.on("error", () => undefined);
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Host: ${request.headers.host}\r\n\r\nhello `,
      );
      socket.write(head);
      socket.on("data", (part: Buffer) => socket.write(part));
      socket.on("end", () => socket.end());
    });
    const back = await listening(server);
    const proxy = createProxy(ownCache(), { origin: back, ...options });
    const front = createServer(proxy.handler).on("upgrade", proxy.upgrade);
    const url = await listening(front);
    afterTest(() => proxy.close());
    return { url, proxy };
  }

  /** A socket that has sent a request for an upgrade, and what it has got. */
  function opened(url: string, path = "/socket", rest = UPGRADE) {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    afterTest(() => socket.destroy());
    let got = "";
    socket.on("data", (part) => {
      got += part.toString();
    });
    socket.on("error", () => undefined);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: shop.example\r\n${rest}`);
    return { socket, got: () => got, closed };
  }

  test("bytes pass in both directions, also those sent with the request", async () => {
    const { url } = await upgrading();
    const one = opened(url, "/socket", `${UPGRADE}early `);
    await eventually("the first bytes are back", () => expect(one.got()).toMatch(/hello early $/));
    one.socket.write("late");
    await eventually("the later ones too", () => expect(one.got()).toMatch(/hello early late$/));
    expect(one.got()).toMatch(/^HTTP\/1\.1 101 .*\r\n/);
    expect(one.got()).toContain("X-Host: shop.example");
    one.socket.end();
    await within("it closes", one.closed);
  });

  test("a refusal of the origin reaches the client", async () => {
    const { url } = await upgrading();
    const one = opened(url, "/refused");
    await within("it closes", one.closed);
    expect(one.got()).toMatch(/^HTTP\/1\.1 403 [\s\S]*no$/);
  });

  test.each([
    [
      "h2c",
      "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n",
      501,
    ],
    ["a protocol list", "Connection: Upgrade\r\nUpgrade: h2c, websocket\r\n\r\n", 501],
    ["a body", "Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 4\r\n\r\nevil", 400],
  ])("%s is refused", async (_, rest, status) => {
    const { url } = await upgrading();
    const one = opened(url, "/socket", rest);
    await within("it closes", one.closed);
    expect(one.got()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  test("there is a limit, an end without bytes, and an end with the proxy", async () => {
    const { url } = await upgrading({ maxUpgrades: 1, upgradeIdleMs: 1_500 });
    const one = opened(url);
    await eventually("it is open", () => expect(one.got()).toContain("hello"));
    const two = opened(url);
    await within("the second closes", two.closed);
    expect(two.got()).toMatch(/^HTTP\/1\.1 503 /);
    await within("the first closes without bytes", one.closed);
    const { url: other, proxy } = await upgrading();
    const three = opened(other);
    await eventually("it is open", () => expect(three.got()).toContain("hello"));
    proxy.close();
    await within("it closes with the proxy", three.closed);
  });

  test("an origin that is not there: 502", async () => {
    const { url } = await upgrading({ origin: "http://127.0.0.1:1" });
    const one = opened(url);
    await within("it closes", one.closed);
    expect(one.got()).toMatch(/^HTTP\/1\.1 502 /);
  });

  test("a server without the listener answers an upgrade like another request", async () => {
    const back = await origin(() => ({ body: "a page" }));
    const { url } = await proxied(ownCache(), back.url);
    const finished = deferred<number>("the answer");
    startRequest(`${url}/page`, { headers: { connection: "upgrade", upgrade: "websocket" } }, (response) => {
      response.resume();
      finished.resolve(response.statusCode ?? 0);
    }).end();
    expect(await finished.promise).toBe(200);
  });
});
