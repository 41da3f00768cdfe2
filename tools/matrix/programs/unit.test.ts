import { Redis } from "ioredis";
import { createMoonpath } from "moonpath";

// A test file of a user: Jest and Vitest provide `test` and `expect`.
declare const test: (name: string, run: () => Promise<void>) => void;
declare const expect: (value: unknown) => { toEqual(other: unknown): void };

test("a price is stored and read", async () => {
  const redis = new Redis(process.env["REDIS_URL"] ?? "redis://localhost:6379");
  const moonpath = createMoonpath(redis, { namespace: `unit-${process.pid}` });
  const { price } = moonpath.tenant("acme");
  await price.set({ product: "lamp", currency: "EUR", amountMinor: 1_999, sequence: 1 });
  const read = await price.read({ product: "lamp", currency: "EUR" });
  expect(read.outcome === "priced" ? read.effectiveMinor : read.outcome).toEqual(1_999);
  moonpath.close();
  redis.disconnect();
});
