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
  let fewest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 1_000 && fewest > 0; round++) {
    const changes = await dirty();
    await visit("again", ["ada"]);
    fewest = Math.min(fewest, (await dirty()) - changes);
  }
  expect(fewest).toBe(0);
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

// Each list ends with a viewer at the damage. Without the check, those before were stored.
test.each([
  { encoding: "sparse", known: 3, viewers: 250, code: "CORRUPT" },
  { encoding: "sparse", known: 1_000, viewers: 2, code: "CORRUPT" },
  { encoding: "dense", known: 5_000, viewers: 2, code: "WRONG_TYPE" },
])("views.visit of $viewers viewers writes nothing to a damaged $encoding value", async (damaged) => {
  for (const estimated of [true, false]) {
    const product = `damaged-${damaged.encoding}-${damaged.known}-${estimated}`;
    const key = keys.viewers(scope, product, "today");
    const known = Array.from({ length: damaged.known }, (_, position) => `known-${position}`);
    for (let from = 0; from < known.length; from += 1_000) {
      await redis.pfadd(key, ...known.slice(from, from + 1_000));
    }
    if (estimated) await viewers(product);
    const whole = (await redis.getBuffer(key)) ?? Buffer.alloc(0);
    expect(whole[4]).toBe(damaged.encoding === "dense" ? 0 : 1);
    await redis.set(key, whole.subarray(0, -1));
    const before = await bytesOf(redis, { viewers: key });
    const others = Array.from({ length: damaged.viewers }, (_, position) => `other-${position}`);
    expect(await failure(visit(product, others))).toMatchObject({ code: damaged.code });
    expect(await bytesOf(redis, { viewers: key })).toEqual(before);

    // The repair of the contract.
    await redis.del(key);
    expect(await visit(product, others.slice(0, 2))).toEqual({ outcome: "noted" });
    expect(await viewers(product)).toBe(2);
  }
});

test("views.visit of one viewer either stores it or writes nothing to a damaged value", async () => {
  const key = keys.viewers(scope, "one", "today");
  await redis.pfadd(key, ...Array.from({ length: 20 }, (_, position) => `known-${position}`));
  const cut = (await redis.getBuffer(key))?.subarray(0, -1) ?? "";
  let refused = 0;
  for (let one = 0; one < 200; one++) {
    await redis.set(key, cut);
    const outcome = await visit("one", [`other-${one}`]).catch(({ code }) => code);
    if (outcome !== "CORRUPT") continue;
    refused++;
    expect(await redis.getBuffer(key)).toEqual(cut);
    expect(await redis.pttl(key)).toBe(-1);
  }
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThan(200);
});

test("views.visit of two viewers of a sparse value stores no estimate", async () => {
  const key = keys.viewers(scope, "estimate", "today");
  await visit("estimate", ["ada", "bob"]);
  const before = await bytesOf(redis, { viewers: key });
  await visit("estimate", ["ada", "bob"]);
  expect(await bytesOf(redis, { viewers: key })).toEqual(before);
  await visit("estimate", ["ada", "cleo"]);
  expect(await viewers("estimate")).toBe(3);
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
