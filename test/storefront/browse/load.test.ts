import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BrowseClient } from "../../../examples/storefront/browse/http.js";
import { type LoadSize, sendAll } from "../../../examples/storefront/browse/load.js";
import type { PlannedRequest } from "../../../examples/storefront/browse/plan.js";

/** A shop that replies with what the test has set, by method and path. */
const replies = new Map<string, { status: number; body: unknown }>();
const server = createServer((request, response) => {
  const { status, body } = replies.get(`${request.method} ${request.url}`) ?? { status: 500, body: {} };
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
});
let port = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});
afterAll(() => void server.close());

const PATH = "/api/v1/products/p1";
const read: PlannedRequest = { kind: "product", method: "GET", path: PATH };
const write: PlannedRequest = { kind: "price", method: "PUT", path: PATH, body: { priceMinor: 1 } };
const remove: PlannedRequest = { kind: "remove", method: "DELETE", path: PATH };

async function send(requests: readonly PlannedRequest[], size: Partial<LoadSize> = {}) {
  const client = new BrowseClient({ host: "127.0.0.1", port }, 1);
  try {
    const all = { visitors: 1, seconds: 60, ...size };
    return await sendAll(requests.values(), client, all, new AbortController().signal);
  } finally {
    client.close();
  }
}

const product = (version: number) => ({ status: 200, body: { product: "p1", version } });

test("a reply older than a write that had returned is stale, and is shown", async () => {
  replies.set(`PUT ${PATH}`, product(3)).set(`GET ${PATH}`, product(2));
  expect(await send([read, write, read, read])).toMatchObject({
    requests: 4,
    written: 1,
    compared: 2,
    stale: 2,
    failed: 0,
    staleShown: expect.arrayContaining([`${PATH} showed version 2 of product/p1 instead of 3`]),
  });
  replies.set(`GET ${PATH}`, product(3));
  expect(await send([write, read])).toMatchObject({ compared: 1, stale: 0 });
});

test("a deleted product that is still shown is stale, and so is one that exists and is not found", async () => {
  replies.set(`DELETE ${PATH}`, { status: 200, body: { deleted: ["p1"] } });
  replies.set(`GET ${PATH}`, product(9));
  expect(await send([remove, read])).toMatchObject({ stale: 1 });
  replies.set(`GET ${PATH}`, { status: 404, body: {} }).set(`PUT ${PATH}`, product(2));
  expect(await send([write, { ...read, kind: "created" }])).toMatchObject({ stale: 1, failed: 0 });
  expect(await send([remove, { ...read, kind: "created" }])).toMatchObject({ stale: 0, failed: 0 });
  expect(await send([read])).toMatchObject({ stale: 0, failed: 1 });
});

test("a run ends after its requests, and counts broken connections as failed", async () => {
  replies.set(`GET ${PATH}`, product(1));
  expect(await send([read, read, read], { requests: 2 })).toMatchObject({ requests: 2 });
  const client = new BrowseClient({ host: "127.0.0.1", port: 1 }, 1);
  const size = { visitors: 2, seconds: 60 };
  const result = await sendAll([read, read].values(), client, size, new AbortController().signal);
  client.close();
  expect(result).toMatchObject({ requests: 2, failed: 2 });
});
