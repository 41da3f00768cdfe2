import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();

const visit = (product: string, viewers: readonly string[], period = "today", rememberMs = hour) =>
  tenant.views.visit({ product, period, viewers, rememberMs });
const viewers = async (product: string, period = "today") =>
  (await tenant.views.viewers({ product, period })).viewers;

test("views.visit counts 1,000 viewers, sent twice, as about 1,000", async () => {
  const many = Array.from({ length: 1_000 }, (_, position) => `viewer-${position}`);
  for (let round = 0; round < 2; round++) expect(await visit("many", many)).toEqual({ outcome: "noted" });
  const about = await viewers("many");
  expect(about).toBeGreaterThan(950);
  expect(about).toBeLessThan(1_050);
  expect(await failure(visit("many", [...many, "one more"]))).toMatchObject({ code: "ARGUMENT" });
});

test("the viewers of products and periods are separate", async () => {
  await visit("lamp", ["ada", "bob"]);
  await visit("lamp", ["ada"], "tomorrow");
  await visit("vase", ["cleo", "dan", "eve"]);
  expect([await viewers("lamp"), await viewers("lamp", "tomorrow"), await viewers("vase")]).toEqual([
    2, 1, 3,
  ]);
});

test("a period expires rememberMs after its last viewer", async () => {
  const key = keys.viewers(scope, "kept", "today");
  for (const rememberMs of [hour, 5 * hour]) {
    await visit("kept", ["ada"], "today", rememberMs);
    const left = await redis.pttl(key);
    expect(left).toBeGreaterThan(rememberMs - hour);
    expect(left).toBeLessThanOrEqual(rememberMs);
  }
  await redis.pexpireat(key, 1);
  expect(await viewers("kept")).toBe(0);
});

test("views.visit accepts an empty list of viewers", async () => {
  expect(await visit("nobody", [])).toEqual({ outcome: "noted" });
  expect(await viewers("nobody")).toBe(0);
});

test("views.visit and views.viewers refuse a text value and keep it", async () => {
  const key = keys.viewers(scope, "text", "today");
  await redis.set(key, "many");
  for (const call of [visit("text", ["ada"]), viewers("text")]) {
    expect(await failure(call)).toMatchObject({ code: "WRONG_TYPE" });
  }
  expect(await redis.get(key)).toBe("many");
  expect(await redis.pttl(key)).toBe(-1);
});
