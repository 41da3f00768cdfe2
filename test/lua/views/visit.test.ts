import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { failure } from "../../support/lua/errors.js";
import { bytesOf } from "../../support/lua/state.js";
import { freshTenant } from "../../support/lua/tenants.js";

const hour = 3_600_000;
const { redis, scope, tenant } = freshTenant();

const inAnHour = Date.now() + hour;
const visit = (product: string, viewers: readonly string[], period = "today", keepUntilMs = inAnHour) =>
  tenant.views.visit({ product, period, viewers, keepUntilMs });
const viewers = async (product: string, period = "today") =>
  (await tenant.views.viewers({ product, period })).viewers;

test("views.visit counts 250 viewers, sent twice, as about 250", async () => {
  const many = Array.from({ length: 250 }, (_, position) => `viewer-${position}`);
  for (let round = 0; round < 2; round++) expect(await visit("many", many)).toEqual({ outcome: "noted" });
  const about = await viewers("many");
  expect(about).toBeGreaterThan(240);
  expect(about).toBeLessThan(260);
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

test("a visit with an earlier end does not shorten the time of a day", async () => {
  const key = keys.viewers(scope, "kept", "today");
  const day = inAnHour + 24 * hour;
  await visit("kept", ["ada"], "today", day);
  await visit("kept", ["bob"], "today", Date.now() + 1_000);
  expect(await redis.pexpiretime(key)).toBe(day);
  await visit("kept", ["ada"], "today", day + 1);
  expect(await redis.pexpiretime(key)).toBe(day + 1);
});

test("a visit of the same person writes nothing", async () => {
  await visit("again", ["ada"]);
  await viewers("again");
  const dirty = async () =>
    Number(/rdb_changes_since_last_save:(\d+)/.exec(await redis.info("persistence"))?.[1]);
  const key = { viewers: keys.viewers(scope, "again", "today") };
  const before = await bytesOf(redis, key);
  // Other tests of the run share the server, so one quiet round is enough.
  const rounds: number[] = [];
  for (let round = 0; round < 20; round++) {
    const changes = await dirty();
    await visit("again", ["ada"]);
    rounds.push((await dirty()) - changes);
  }
  expect(Math.min(...rounds)).toBe(0);
  expect(await bytesOf(redis, key)).toEqual(before);
});

test("after the end of a period, views.visit stores nothing", async () => {
  const key = keys.viewers(scope, "over", "today");
  await visit("over", ["ada"]);
  await redis.pexpireat(key, 1);
  expect(await visit("over", ["ada"], "today", Date.now() - 1)).toEqual({ outcome: "over" });
  expect(await redis.exists(key)).toBe(0);
});

test("a period without an end gets one", async () => {
  const key = keys.viewers(scope, "endless", "today");
  await redis.pfadd(key, "ada");
  await visit("endless", ["ada"]);
  expect(await redis.pexpiretime(key)).toBe(inAnHour);
});

test("views.visit of nobody stores nothing", async () => {
  expect(await visit("nobody", [])).toEqual({ outcome: "noted" });
  expect(await redis.exists(keys.viewers(scope, "nobody", "today"))).toBe(0);
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
