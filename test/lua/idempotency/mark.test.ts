import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();

const mark = (event: string, operation?: string, rememberMs = 60_000) =>
  tenant.idempotency.mark({ event, operation, rememberMs });

test("idempotency.mark returns first for each call of the first operation and for no other", async () => {
  expect(await mark("paid", "try-1")).toEqual({ outcome: "first" });
  expect(await mark("paid", "try-2")).toEqual({ outcome: "repeated" });
  expect(await mark("paid", "try-1")).toEqual({ outcome: "first" });
  expect(await mark("paid", "try-2")).toEqual({ outcome: "repeated" });
});

test("each idempotency.mark call without an operation counts as a new operation", async () => {
  expect(await mark("shipped")).toEqual({ outcome: "first" });
  expect(await mark("shipped")).toEqual({ outcome: "repeated" });
});

test("the mark expires rememberMs after the first call, and no later call changes that", async () => {
  await mark("kept", "try-1", 60_000);
  await mark("kept", "try-1", 31_622_400_000);
  await mark("kept", "try-2", 31_622_400_000);
  const left = await redis.pttl(keys.mark(scope, "kept"));
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(60_000);
});

test("idempotency.mark marks an event again after the mark has expired", async () => {
  await mark("gone", "try-1");
  await redis.pexpireat(keys.mark(scope, "gone"), 1);
  expect(await mark("gone", "try-2")).toEqual({ outcome: "first" });
  expect(await mark("gone", "try-1")).toEqual({ outcome: "repeated" });
});

test("idempotency.mark accepts a rememberMs from one second to one year", async () => {
  await mark("short", "try-1", 1_000);
  expect(await redis.pttl(keys.mark(scope, "short"))).toBeLessThanOrEqual(1_000);
  await expect.poll(() => redis.exists(keys.mark(scope, "short")), { timeout: 15_000 }).toBe(0);
  expect(await mark("long", "try-1", 31_622_400_000)).toEqual({ outcome: "first" });
});

test.each([
  { name: "an empty event", wrong: { event: "" } },
  { name: "an event with a brace", wrong: { event: "a}" } },
  { name: "an empty operation", wrong: { operation: "" } },
  { name: "an operation of 129 bytes", wrong: { operation: "x".repeat(129) } },
  { name: "a rememberMs of 999", wrong: { rememberMs: 999 } },
])("idempotency.mark refuses $name before it is sent", async ({ wrong }) => {
  const args = { event: "wrong", operation: "try-1", rememberMs: 1_000, ...wrong };
  expect(await failure(tenant.idempotency.mark(args))).toMatchObject({ code: "ARGUMENT" });
});
