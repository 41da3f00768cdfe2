import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { ReplayError, ShopClient } from "../../../examples/storefront/replay/http.js";
import { within } from "../../support/wait.js";

/** Accepts everything and answers nothing. */
const silent = createServer((socket) => socket.on("error", () => undefined));
silent.listen(0, "127.0.0.1");
await once(silent, "listening");
afterAll(() => silent.close());

test("giveUp() ends deliveries in flight, and deliveries that wait for a connection", async () => {
  const address = silent.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port.");
  const connected = once(silent, "connection");
  const client = new ShopClient({ host: "127.0.0.1", port: address.port }, 2);
  const deliveries = Array.from({ length: 40 }, (_, n) =>
    client.deliver({ kind: "sale", event: `sale-${n}`, product: "10001", units: 1 }),
  );
  const ended = Promise.allSettled(deliveries);
  await within("the client connects", connected);
  const givenUpAt = performance.now();
  client.abort();
  for (const result of await ended) {
    expect(result).toMatchObject({ status: "rejected", reason: expect.any(ReplayError) });
  }
  // The limit for one answer is 15 seconds.
  expect(performance.now() - givenUpAt).toBeLessThan(10_000);
  expect(client.retries).toBe(0);
});

test("a delivery is sent again after the time that the shop names, until the shop has decided", async () => {
  const replies = [
    { status: 429, headers: { "retry-after": "1" }, body: { code: "RATE_LIMITED" } },
    { status: 409, headers: { "retry-after": "1" }, body: { code: "IN_PROGRESS" } },
    { status: 503, headers: {}, body: { code: "UNAVAILABLE" } },
    { status: 409, headers: { "idempotency-replayed": "true" }, body: { code: "SOLD_OUT" } },
  ];
  const arrivals: number[] = [];
  const shop = createHttpServer((_request, response) => {
    const { status, headers, body } = replies[arrivals.length] ?? { status: 500, headers: {}, body: {} };
    arrivals.push(performance.now());
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
  shop.listen(0, "127.0.0.1");
  await once(shop, "listening");
  onTestFinished(() => void shop.close());
  const address = shop.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port.");
  const client = new ShopClient({ host: "127.0.0.1", port: address.port }, 1);
  onTestFinished(() => client.close());
  const lines = [{ product: "10001", units: 1, priceMinor: 5 }];
  const order = { kind: "order", event: "o1", invoice: "1", customer: "ann", lines } as const;
  expect(await client.deliver(order)).toEqual({ repeated: true, refused: true });
  expect(client.retries).toBe(3);
  const [first = 0, second = 0, third = 0] = arrivals;
  expect(second - first).toBeGreaterThan(990);
  expect(third - second).toBeGreaterThan(990);
});

test("a delivery that the shop does not accept fails at once", async () => {
  const shop = createHttpServer((_request, response) => response.writeHead(422).end("{}"));
  shop.listen(0, "127.0.0.1");
  await once(shop, "listening");
  onTestFinished(() => void shop.close());
  const address = shop.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port.");
  const client = new ShopClient({ host: "127.0.0.1", port: address.port }, 1);
  onTestFinished(() => client.close());
  const sale = { kind: "sale", event: "s1", product: "10001", units: 1 } as const;
  await expect(client.deliver(sale)).rejects.toThrow("POST /events/sale got status 422: {}");
  expect(client.retries).toBe(0);
});
