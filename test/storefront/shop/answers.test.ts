import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import pg from "pg";
import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NAME } from "../../../examples/storefront/events.js";
import { createContext, stopBackground } from "../../../examples/storefront/shop/context.js";
import { createShop } from "../../../examples/storefront/shop/http/server.js";
import { createMoonpath } from "../../../src/index.js";
import { freshNamespace, sharedRedis } from "../../support/redis.js";

const redis = sharedRedis();
const moonpath = createMoonpath(redis, { namespace: freshNamespace(), deadlineMs: 10_000 });
// Nothing here comes as far as the books.
const pool = new pg.Pool();
const context = createContext({
  moonpath,
  acme: moonpath.tenant("acme"),
  pool,
  schema: "none",
  ping: () => redis.ping(),
});
const shop = createShop(context, new Registry());
let port = 0;

beforeAll(async () => {
  await shop.listen({ host: "127.0.0.1", port: 0 });
  port = Number(new URL(shop.listeningOrigin).port);
});
afterAll(async () => {
  await shop.close();
  await stopBackground(context);
  moonpath.close();
  await pool.end();
});

/** Sends these bytes on a connection of their own and reads the answer to its end. */
async function send(bytes: string): Promise<{ head: string; body: unknown }> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(bytes);
  const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
  return { head, body: JSON.parse(body) };
}

const tail = " HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n";

test.each([
  {
    name: "an address that cannot be read",
    bytes: `GET /products/%zz${tail}`,
    status: 400,
    message: "the request's address cannot be read",
  },
  {
    name: "a name that is far too long",
    bytes: `GET /products/${"x".repeat(400)}${tail}`,
    status: 414,
    message: "the request's address is too long",
  },
  {
    name: "a head that is too long",
    bytes: `GET /products?after=${"x".repeat(20_000)}${tail}`,
    status: 431,
    message: "the request's head is too long",
  },
  {
    name: "bytes that are no HTTP",
    bytes: "hello\r\n\r\n",
    status: 400,
    message: "this is not an HTTP request",
  },
])("a request with $name gets an error in the common form", async ({ bytes, status, message }) => {
  const { head, body } = await send(bytes);
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(head.toLowerCase()).toContain("content-type: application/json");
  expect(body).toEqual({ code: "BAD_REQUEST", message });
});

test("a request with the longest name passes, with every character escaped", async () => {
  const { body } = await send(`GET /products/${"%25".repeat(NAME.maxCharacters)}${tail}`);
  expect(body).toMatchObject({ code: "UNKNOWN_PRODUCT" });
});
