import { once } from "node:events";
import { createConnection } from "node:net";
import fc from "fast-check";
import { Redis } from "ioredis";
import pg from "pg";
import { Registry } from "prom-client";
import { createSchema } from "../../../examples/storefront/books/schema.js";
import { createContext, stopBackground } from "../../../examples/storefront/shop/context.js";
import { createShop } from "../../../examples/storefront/shop/http/server.js";
import { createMoonpath } from "../../../src/index.js";
import { startPostgres, startRedis } from "../../../src/testing/index.js";
import { hasTexts } from "../support/json.js";
import { mutated } from "../support/mutate.js";
import { defineTarget, Violation } from "../target.js";

/** The bytes of a connection, as latin1. */
interface Input {
  readonly request: string;
}

/** The time limit within which a half-closed connection gets its reply or is closed. */
const ANSWER_MS = 8_000;

const opening = { event: "opening", product: "lamp", warehouse: "north", quantity: 5, sequence: 1 };
const sale = { event: "sale-1", product: "lamp", units: 1 };
const ORDER_HEADERS = "X-Customer: ann\r\nIdempotency-Key: order-1\r\n";
const seeds = [
  get("/"),
  get("/products"),
  get("/products/lamp"),
  get("/jobs"),
  get("/metrics"),
  get("/offers/expiring"),
  post("/events/opening", opening),
  post("/events/sale", sale),
  post("/orders", { lines: [{ product: "lamp", units: 1, priceMinor: 5 }] }, ORDER_HEADERS),
  post(
    "/orders",
    { lines: [{ product: "lamp", units: 1 }], payment: { takesMs: 60, leaseMs: 50 } },
    ORDER_HEADERS,
  ),
  post("/price-sales", {
    sale: "x",
    product: "lamp",
    amountMinor: 2,
    startsInMs: 0,
    lastsMs: 60_000,
    sequence: 1,
  }),
  get("/products/lamp/sales"),
  post("/carts", { cart: "cart-1", product: "lamp", units: 1 }),
  post("/offers", { offer: "offer-1", product: "lamp", ends: 60_000 }),
  post("/events/price", {
    event: "price",
    product: "lamp",
    currency: "EUR",
    kind: "base",
    amount: 5,
    sequence: 1,
  }),
];

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n`;
}

function post(path: string, payload: object, headers = ""): string {
  const body = JSON.stringify(payload);
  const head = `POST ${path} HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n${headers}Connection: close`;
  return `${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

const request = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(fc.constantFrom(...seeds), mutated(seeds)).map(([seed, change]) => change(seed)),
  },
  { weight: 2, arbitrary: fc.json({ maxDepth: 3 }).map((body) => withBody(body)) },
  { weight: 1, arbitrary: fc.constantFrom(...seeds) },
);

function withBody(body: string): string {
  const bytes = Buffer.from(body).toString("latin1");
  return `POST /orders HTTP/1.1\r\nHost: shop\r\nIdempotency-Key: a\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${bytes.length}\r\n\r\n${bytes}`;
}

/** Sends changed requests to the storefront, which uses real servers. */
export const target = defineTarget<Input>({
  inputs: request.map((text) => ({ request: text })),
  isInput: (value): value is Input => hasTexts(value, "request"),
  async open() {
    const [server, database] = await Promise.all([startRedis({ own: true }), startPostgres({ own: true })]);
    const pool = new pg.Pool({ connectionString: database.url });
    pool.on("error", () => undefined);
    const redis = new Redis(server.url);
    const moonpath = createMoonpath(redis, { namespace: "fuzz", deadlineMs: 5_000 });
    await createSchema(pool, "shop_fuzz");
    const acme = moonpath.tenant("acme");
    const context = createContext({ moonpath, acme, pool, schema: "shop_fuzz", ping: () => redis.ping() });
    const shop = createShop(context, new Registry());
    await shop.listen({ host: "127.0.0.1", port: 0 });
    const [address] = shop.addresses();
    if (address === undefined || typeof address === "string")
      throw new Error("a server that listens has an address");
    return {
      async attempt(input: Input) {
        checkAnswers(await exchange(address.port, input.request));
        if (!(await exchange(address.port, get("/"))).startsWith("HTTP/1.1 200 "))
          throw new Violation("a good request is not served afterwards");
      },
      async close() {
        await shop.close();
        await stopBackground(context);
        moonpath.close();
        redis.disconnect();
        await pool.end();
        await Promise.all([server.stop(), database.stop()]);
      },
    };
  },
});

/** Sends bytes, closes this side, and returns all bytes until the server closes the other side. */
async function exchange(port: number, text: string): Promise<string> {
  const socket = createConnection({ host: "127.0.0.1", port, allowHalfOpen: true });
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk.toString("latin1");
  });
  socket.on("error", () => undefined);
  const closed = once(socket, "close");
  socket.on("end", () => socket.destroy());
  socket.setTimeout(ANSWER_MS, () => {
    answer = "late";
    socket.destroy();
  });
  socket.end(Buffer.from(text, "latin1"));
  await closed;
  return answer;
}

const INTERNALS = /\.lua\b|\.[jt]s:\d|node_modules|postgres|ECONN|user_script|EVALSHA|password|maxmemory/i;

function checkAnswers(answer: string): void {
  if (answer === "late") throw new Violation("neither an answer nor an end of the connection");
  for (const part of answer.split(/(?=HTTP\/1\.1 \d{3} )/)) {
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(part)?.[1] ?? 0);
    if (status >= 500 && INTERNALS.test(part))
      throw new Violation("internals in an answer", part.slice(0, 500));
  }
}
