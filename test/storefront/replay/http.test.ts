import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, expect, test } from "vitest";
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
