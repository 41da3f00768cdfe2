import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, tenant } = freshTenant();

const viewers = (product: string) => tenant.views.viewers({ product, period: "today" });

test("views.viewers returns 0 for a product without viewers and writes nothing", async () => {
  expect(await viewers("nothing")).toEqual({ viewers: 0 });
  expect(await redis.exists(keys.viewers(scope, "nothing", "today"))).toBe(0);
});

test("views.viewers is exact for few viewers and within 3 % for many", async () => {
  const all = Array.from({ length: 20_000 }, (_, position) => `viewer-${position}`);
  const key = keys.viewers(scope, "many", "today");
  await redis.pfadd(key, ...all.slice(0, 20));
  expect(await viewers("many")).toEqual({ viewers: 20 });
  await redis.pfadd(key, ...all);
  const about = (await viewers("many")).viewers;
  // The standard error is 0.81 %, and these names always give the same.
  expect(Math.abs(about - all.length)).toBeLessThan(all.length * 0.03);
  expect(await viewers("many")).toEqual({ viewers: about });
});

test("views.viewers does not extend the expiry of a period", async () => {
  await tenant.views.visit({
    product: "kept",
    period: "today",
    viewers: ["ada"],
    keepUntilMs: Date.now() + 60_000,
  });
  const key = keys.viewers(scope, "kept", "today");
  const before = await redis.pexpiretime(key);
  expect(await viewers("kept")).toEqual({ viewers: 1 });
  expect(await redis.pexpiretime(key)).toBe(before);
});

test("views.viewers reports a damaged count as corrupt", async () => {
  const key = keys.viewers(scope, "damaged", "today");
  await redis.pfadd(key, "ada", "bob");
  // The last byte of the head asks for a new count; the registers after it end too early.
  await redis.setrange(key, 15, Buffer.from([0x80, 0x7f, 0xff]));
  await expect(viewers("damaged")).rejects.toMatchObject({ code: "CORRUPT" });
});
