import { once } from "node:events";
import fc from "fast-check";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { createMoonpath, type MoonpathOptions, type Tenant } from "../../../src/index.js";
import { afterTest } from "../../support/cleanup.js";
import { untilTogether } from "../../support/client/together.js";
import { startOwn } from "../../support/own-server.js";
import { freshNamespace } from "../../support/redis.js";

const kind = fc.constantFrom("stock", "stock alone", "price", "several", "pause");
type Kind = typeof kind extends fc.Arbitrary<infer Value> ? Value : never;

/** Makes reading calls, each of a product of its own, and returns the products in the order of the calls. */
async function readAll(acme: Tenant, kinds: readonly Kind[]): Promise<readonly string[]> {
  const products: string[] = [];
  const replies: Promise<unknown>[] = [];
  const next = () => {
    const product = `p${products.length}`;
    products.push(product);
    return { product, low: 0 };
  };
  for (const one of kinds) {
    if (one === "pause") await new Promise(setImmediate);
    else if (one === "stock") replies.push(acme.stock.read(next()));
    else if (one === "stock alone") replies.push(acme.stock.read(next(), { batching: false }));
    else if (one === "several") replies.push(acme.stock.read.many([next(), next()]));
    else replies.push(acme.price.read({ product: next().product, currency: "GBP" }));
  }
  await Promise.all(replies);
  return products;
}

/** Runs plans, and returns for each whether Redis ran its calls in the order in which they were made. */
async function inOrder(
  options: MoonpathOptions,
  connected: boolean,
): Promise<(kinds: readonly Kind[]) => Promise<boolean>> {
  const server = await startOwn();
  const connectOnce = { retryStrategy: () => null };
  const admin = new Redis(server.url, connectOnce);
  // ioredis fails if a command of another client is reported together with the reply to MONITOR.
  await admin.ping();
  const monitor = await admin.monitor();
  const seen: string[] = [];
  monitor.on("monitor", (_time: string, args: string[]) => {
    const [, product] = args[0] === "ECHO" ? [] : (/:\{acme:(p\d+)\}/.exec(args[1] ?? "") ?? []);
    if (product !== undefined && args[0]?.toLowerCase() !== "evalsha") seen.push(product);
    if (args[0]?.toLowerCase() === "echo") monitor.emit("echo");
  });
  afterTest(
    () => monitor.disconnect(),
    () => admin.disconnect(),
  );
  const client = () => {
    const redis = new Redis(server.url, connectOnce);
    const moonpath = createMoonpath(redis, { namespace: freshNamespace(), deadlineMs: 10_000, ...options });
    const close = () => {
      moonpath.close();
      redis.disconnect();
    };
    return { moonpath, close };
  };
  const shared = client();
  afterTest(shared.close);
  await shared.moonpath.ready();
  return async (kinds) => {
    const { moonpath, close } = connected ? { ...shared, close: () => {} } : client();
    seen.length = 0;
    const made = await readAll(moonpath.tenant("acme"), kinds);
    const echo = once(monitor, "echo");
    await admin.echo("all replies are here");
    await echo;
    close();
    // A script may send several commands for one product.
    const ran = seen.filter((product, index) => product !== seen[index - 1]);
    expect(ran.toSorted()).toEqual([...made].toSorted());
    return ran.join() === made.join();
  };
}

const plan = fc.array(kind, { minLength: 2, maxLength: 80 });

test.each([true, false])(
  "with order: strict, all calls run in the order of the calls (connected: %s)",
  async (connected) => {
    const run = await inOrder({ order: "strict" }, connected);
    await fc.assert(fc.asyncProperty(plan, run), { numRuns: connected ? 40 : 15 });
  },
);

test("without it, reads of one script share a command, and overtake others", async () => {
  const run = await inOrder({}, true);
  const isInOrder = await untilTogether(
    () => run(["stock", "price", "stock"]),
    (inOrder) => !inOrder,
  );
  expect(isInOrder).toBe(false);
});

test("an order that does not exist is refused", () => {
  const redis = new Redis({ lazyConnect: true });
  const options = JSON.parse('{ "order": "fifo" }');
  expect(() => createMoonpath(redis, options)).toThrow("argument order: slot or strict");
  redis.disconnect();
});
