import assert from "node:assert/strict";
import { Redis } from "ioredis";
import { createMoonpath, MoonpathError, type Tenant } from "moonpath";
import { open } from "./connect.js";

// A smoke test of the installed package on one runtime. It calls some domains, loses its connection, and
// reaches deadlines. It prints `ok` and ends by itself: a timer or socket that is left open keeps it
// running, and the caller's limit then ends it.

async function main(): Promise<void> {
  const url = process.env["REDIS_URL"] ?? "redis://localhost:6379";
  const admin = new Redis(url);
  const { redis, close } = await open(url);
  const retries: number[] = [];
  const moonpath = createMoonpath(redis, {
    namespace: `smoke-${process.pid}-${Date.now()}`,
    deadlineMs: 10_000,
    observers: [{ onRetry: ({ attempt }) => void retries.push(attempt) }],
  });
  await moonpath.ready();
  const acme = moonpath.tenant("acme");
  await readmeExample(acme);
  await domains(acme);
  await manyCalls(acme);
  await messages(acme);
  await lostConnection(acme, admin);
  assert.ok(retries.length > 0, "a lost connection causes a retry");
  await limits(acme, admin);
  moonpath.close();
  await rejects(acme.stock.read({ product: "lamp", low: 2 }), "CLOSED");
  close();
  admin.disconnect();
  console.log("ok");
}

/** The first example of README, with its output. */
async function readmeExample({ stock }: Tenant): Promise<void> {
  await stock.setLevel({ product: "lamp", warehouse: "berlin", quantity: 5, sequence: 1, low: 2 });
  const order = {
    product: "lamp",
    operation: "order-17",
    change: -3,
    backorder: false,
    low: 2,
    rememberMs: 60_000,
  };
  const sold = { outcome: "adjusted", total: 2, statusBefore: "in_stock", status: "low_stock", available: 2 };
  assert.deepEqual({ ...(await stock.adjust(order)) }, { ...sold, repeated: false });
  assert.deepEqual({ ...(await stock.adjust(order)) }, { ...sold, repeated: true });
  assert.equal((await stock.adjust({ ...order, operation: "order-18" })).outcome, "refused");
}

async function domains({ price, lock, idempotency, limit, scripts }: Tenant): Promise<void> {
  // A text in several bytes a character: hash tags and lengths are counted in bytes.
  const tea = { product: "tee-茶-🍵", currency: "EUR" };
  await price.set({ ...tea, amountMinor: 1_999, sequence: 1 });
  const read = await price.read(tea);
  assert.equal(read.outcome === "priced" ? read.effectiveMinor : read.outcome, 1_999);
  const fence = await lock.using("nightly", { leaseMs: 5_000, waitMs: 0 }, async (lease) => lease.fence);
  assert.ok(Number.isSafeInteger(fence) && fence > 0);
  const event = { event: "event-1", rememberMs: 60_000 };
  assert.equal((await idempotency.mark(event)).outcome, "first");
  assert.equal((await idempotency.mark(event)).outcome, "repeated");
  const login = { name: "login:ada", limits: [{ quota: 1, periodMs: 60_000 }] };
  assert.equal((await limit.take(login)).outcome, "allowed");
  assert.equal((await limit.take(login)).outcome, "refused");
  await assert.rejects(scripts.stock.read({ product: "", low: 0 }), MoonpathError);
}

/** 200 calls in one turn of the event loop, which share commands, and `many`. */
async function manyCalls({ stock }: Tenant): Promise<void> {
  const products = Array.from({ length: 200 }, (_, index) => `p${index}`);
  await Promise.all(
    products.map((product, index) =>
      stock.setLevel({ product, warehouse: "berlin", quantity: index, sequence: 1, low: 0 }),
    ),
  );
  const levels = await Promise.all(products.map((product) => stock.read({ product, low: 0 })));
  const totals = levels.map((level) => (level.outcome === "known" ? level.total : undefined));
  assert.deepEqual(totals, [...products.keys()]);
  const results = await stock.read.many(products.map((product) => ({ product, low: 0 })));
  const many = results.map((result) =>
    result.ok && result.reply.outcome === "known" ? result.reply.total : -1,
  );
  assert.deepEqual(many, totals);
}

/** A waiter gets the lock by the message of the holder that releases it. */
async function messages({ lock }: Tenant): Promise<void> {
  const holder = await lock.acquire("message", { leaseMs: 30_000, waitMs: 0 });
  const waiter = lock.acquire("message", { leaseMs: 30_000, waitMs: 8_000 });
  await pause(100);
  await holder.release();
  await (await waiter).release();
}

/** The connection is killed while the server has not run the call. The client connects and calls again. */
async function lostConnection({ stock }: Tenant, admin: Redis): Promise<void> {
  await admin.call("CLIENT", ["PAUSE", "300", "WRITE"]);
  const order = { product: "lamp", operation: "order-19", change: -1, backorder: false, low: 2 };
  const call = stock.adjust({ ...order, rememberMs: 60_000 });
  await pause(50);
  await admin.call("CLIENT", ["KILL", "TYPE", "normal", "SKIPME", "yes"]);
  const sold = await call;
  assert.equal(sold.outcome === "adjusted" ? sold.total : sold.outcome, 1);
}

/** Calls that Redis does not answer in time, or that the caller aborts. */
async function limits({ stock }: Tenant, admin: Redis): Promise<void> {
  await admin.call("CLIENT", ["PAUSE", "400", "ALL"]);
  const lamp = { product: "lamp", low: 2 };
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 50);
  const adjusted = {
    product: "lamp",
    operation: "order-20",
    change: 1,
    backorder: false,
    low: 2,
    rememberMs: 60_000,
  };
  await Promise.all([
    rejects(stock.read(lamp, { deadlineMs: 100 }), "DEADLINE"),
    rejects(stock.read(lamp, { signal: abort.signal }), "ABORTED"),
    rejects(stock.adjust(adjusted, { deadlineMs: 100 }), "OUTCOME_UNKNOWN"),
  ]);
}

async function rejects(call: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(call, (error) => error instanceof MoonpathError && error.code === code);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
