import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { Registry } from "prom-client";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { createContext, stopBackground } from "../../../examples/storefront/shop/context.js";
import { createShop } from "../../../examples/storefront/shop/http/server.js";
import { type ConnectionLimits, LIMITS } from "../../../examples/storefront/shop/limits.js";
import { createMoonpath } from "../../../src/index.js";
import { waitUntil } from "../../../src/testing/wait.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

const redis = sharedRedis();
const moonpath = createMoonpath(redis, { namespace: freshNamespace(), deadlineMs: 10_000 });
// Nothing here comes as far as the books.
const pool = new pg.Pool();
const acme = moonpath.tenant("acme");
const context = createContext({ moonpath, acme, pool, schema: "none", ping: () => redis.ping() });
afterAll(async () => {
  await stopBackground(context);
  moonpath.close();
  await pool.end();
});

/** The shop's limits, so small that a test need not wait. */
const SMALL: ConnectionLimits = {
  ...LIMITS,
  headMs: 400,
  requestMs: 800,
  checkMs: 50,
  idleMs: 400,
  stalledMs: 600,
  lingerMs: 100,
};
/** Far over the small limits, far under those of Node and Fastify: 60 s for a head, 72 s between requests. */
const SOON_MS = 8_000;
/** A client that trickles sends a byte so often. */
const TRICKLE_MS = 20;

async function openShop(limits: Partial<ConnectionLimits> = {}) {
  const shop = createShop(context, new Registry(), { ...SMALL, ...limits });
  onTestFinished(() => shop.close());
  const { port } = new URL(await shop.listen({ host: "127.0.0.1", port: 0 }));
  const connections = () =>
    new Promise<number>((resolve, reject) => {
      shop.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
    });
  /** Until the server has so many connections. */
  const has = (count: number) =>
    waitUntil(
      async () => (await connections()) === count,
      SOON_MS,
      `the server to have ${count} connections`,
    );
  return { shop, port: Number(port), has };
}

/** A client that goes on as long as it can, whatever it is told. */
async function open(
  port: number,
): Promise<{ socket: Socket; text: () => string; answered(times: number): Promise<void> }> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  socket.on("error", () => undefined); // The server's hanging up is what these tests are about.
  let text = "";
  socket.on("data", (piece) => {
    text += String(piece);
  });
  const answered = (times: number) =>
    waitUntil(async () => text.split("HTTP/1.1 ").length > times, SOON_MS, `answer ${times}`, undefined, 5);
  return { socket, text: () => text, answered };
}

async function trickle(socket: Socket, byte: string): Promise<void> {
  while (!socket.destroyed) {
    socket.write(byte);
    await sleep(TRICKLE_MS);
  }
}

const POST = "HTTP/1.1\r\nhost: shop\r\ncontent-type: application/json\r\n";
const SALE = `POST /events/sale ${POST}`;
const PAGE = "GET / HTTP/1.1\r\nhost: shop\r\n\r\n";

test.each([
  { name: "a slow head", start: "GET /products HTTP/1.1\r\nhost: shop\r\nx-slow: ", byte: "x" },
  { name: "a slow first line", start: "GET /", byte: "x" },
  { name: "a slow body", start: `${SALE}content-length: 16000\r\n\r\n{`, byte: " " },
  { name: "a slow chunked body", start: `${SALE}transfer-encoding: chunked\r\n\r\n`, byte: "1\r\n \r\n" },
  {
    name: "a slow body for an unknown page",
    start: `POST /nowhere ${POST}content-length: 16000\r\n\r\n`,
    byte: " ",
  },
])("hole 10: a client that keeps sending $name gets 408 and is disconnected", async ({ start, byte }) => {
  const { port, has } = await openShop();
  const { socket, text, answered } = await open(port);
  socket.write(start);
  await has(1);
  const going = trickle(socket, byte);
  await answered(1);
  await has(0);
  await going;
  expect(text()).toMatch(/^HTTP\/1\.1 408 Request Timeout/);
});

test.each([
  ["nothing at all", ""],
  ["half a head", "GET /products HTTP/1.1\r\nhost: sh"],
  ["half a body", `${SALE}content-length: 16000\r\n\r\n{`],
  ["a chunked body without its end", `${SALE}transfer-encoding: chunked\r\n\r\n`],
  ["a request and half of the next", `${PAGE}GET /`],
])("hole 10: a client that sends %s and stops is disconnected", async (_, bytes) => {
  const { port, has } = await openShop({ idleMs: 60_000 });
  const { socket } = await open(port);
  socket.write(bytes);
  await has(1);
  await has(0);
});

test("hole 10: a slow request within the limits is answered", async () => {
  const { port } = await openShop({ requestMs: 10_000, headMs: 10_000, stalledMs: 10_000 });
  const { socket, text, answered } = await open(port);
  const body = '{"event":"e1","product":"none","units":1}';
  for (const piece of [
    SALE,
    `content-length: ${body.length}\r\n`,
    "\r\n",
    ...(body.match(/.{1,8}/g) ?? []),
  ]) {
    socket.write(piece);
    await sleep(TRICKLE_MS);
  }
  await answered(1);
  expect(text()).toMatch(/^HTTP\/1\.1 404 /);
});

test("hole 10: an idle connection is closed after its limit", async () => {
  const { port, has } = await openShop();
  const { socket, answered } = await open(port);
  socket.write(PAGE);
  await answered(1);
  await has(0);
});

test("hole 10: a client that never reads its answers is disconnected", async () => {
  const { port, has } = await openShop({ requestsPerConnection: 1_000_000 });
  const { socket } = await open(port);
  socket.pause();
  await has(1);
  let waiting = true;
  const flood = async () => {
    while (!socket.destroyed && waiting) {
      // The client's own memory has an end, too.
      if (socket.writableLength < 100_000) socket.write(PAGE.repeat(1_000));
      await sleep(5);
    }
  };
  const going = flood();
  await has(0).finally(() => {
    waiting = false;
  });
  await going;
});

test("hole 10: many silent connections do not block another client, and are closed", async () => {
  const { port, has } = await openShop({ headMs: 3_000, requestMs: 3_000 });
  await Promise.all(Array.from({ length: 200 }, () => open(port)));
  await has(200);
  const asking = await open(port);
  asking.socket.write(PAGE);
  await asking.answered(1);
  await has(0);
});

test("hole 10: the shop refuses connections above the maximum", async () => {
  const { port, has } = await openShop({ connections: 5, headMs: 60_000, requestMs: 60_000 });
  await Promise.all(Array.from({ length: 5 }, () => open(port)));
  await has(5);
  const { socket } = await open(port);
  await waitUntil(
    async () => socket.readableEnded || socket.destroyed,
    SOON_MS,
    "the sixth to be turned away",
  );
  await has(5);
});

test("hole 10: a connection is closed after its maximum of requests", async () => {
  const { port, has } = await openShop({ requestsPerConnection: 3 });
  const { socket, text, answered } = await open(port);
  for (let asked = 1; asked <= 3; asked += 1) {
    socket.write(PAGE);
    await answered(asked);
  }
  await has(0);
  expect(
    text()
      .match(/connection: (keep-alive|close)/gi)
      ?.map((header) => header.toLowerCase()),
  ).toEqual(["connection: keep-alive", "connection: keep-alive", "connection: close"]);
});

test("hole 10: the shop closes in time although clients send nothing more", async () => {
  const never = { headMs: 60_000, requestMs: 60_000, stalledMs: 60_000, idleMs: 60_000 };
  const { shop, port, has } = await openShop(never);
  for (const bytes of ["", "GET /", `${SALE}content-length: 16000\r\n\r\n{`])
    (await open(port)).socket.write(bytes);
  const { socket } = await open(port);
  const going = trickle(socket, "x");
  await has(4);
  const started = performance.now();
  await shop.close();
  expect(performance.now() - started).toBeLessThan(10_000);
  await going;
});

test("hole 10: the shop sets its own limits, and checks them often enough", async () => {
  const { shop } = await openShop(LIMITS);
  expect(shop.server).toMatchObject({
    headersTimeout: LIMITS.headMs,
    requestTimeout: LIMITS.requestMs,
    keepAliveTimeout: LIMITS.idleMs,
    timeout: LIMITS.stalledMs,
    maxConnections: LIMITS.connections,
    maxRequestsPerSocket: LIMITS.requestsPerConnection,
  });
  expect(LIMITS.checkMs).toBeLessThanOrEqual(LIMITS.headMs / 4);
});
