import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { cacheScripts, hour, token } from "../../support/cache/scripts.js";
import { failure } from "../../support/lua/errors.js";

const { redis, scope, cache } = await cacheScripts();
const open = (tag: string, keepMs = hour) => cache.openTag({ tag, token, keepMs });
const ttl = (tag: string) => redis.pttl(keys.cacheTag(scope, tag));

test("a new token lives for twice keep_ms, and its clock is not known", async () => {
  expect(await open("new")).toEqual({ presentToken: token });
  expect(await cache.readTag({ tag: "new" })).toEqual({ outcome: "known", token });
  expect(Math.abs((await ttl("new")) - 2 * hour)).toBeLessThan(60_000);
});

test("a token that may end before its entries is extended, another keeps its end", async () => {
  await open("extended");
  const key = keys.cacheTag(scope, "extended");
  await redis.pexpire(key, hour + 600_000);
  expect(await cache.openTag({ tag: "extended", token: "aaaaaaaaaaaa.bbbbbbbb", keepMs: hour })).toEqual({
    presentToken: token,
  });
  expect(Math.abs((await ttl("extended")) - hour - 600_000)).toBeLessThan(60_000);
  await redis.pexpire(key, hour - 60_000);
  await open("extended");
  expect(Math.abs((await ttl("extended")) - 2 * hour)).toBeLessThan(60_000);
});

test("an entry that is kept for the longest time fits", async () => {
  const keepMs = 31_622_400_000;
  await open("longest", keepMs);
  expect(Math.abs((await ttl("longest")) - 2 * keepMs)).toBeLessThan(60_000);
});

test("a token of an earlier life of the tag does not come back", async () => {
  await open("evicted");
  await redis.del(keys.cacheTag(scope, "evicted"));
  const next = "aaaaaaaaaaaa.bbbbbbbb";
  expect(await cache.openTag({ tag: "evicted", token: next, keepMs: hour })).toEqual({ presentToken: next });
});

test.each([
  "41c7e0b95d180.20e6f7c",
  "41c7e0b95d18-20e6f7c3",
  "41c7e0b95d18.20e6f7cx",
  "x1c7e0b95d18.20e6f7c3",
])("the token %j is refused, because it would be corrupt", async (wrong) => {
  const error = await failure(cache.openTag({ tag: "wrong", token: wrong, keepMs: hour }));
  expect(error).toMatchObject({ code: "ARGUMENT" });
  expect(await redis.exists(keys.cacheTag(scope, "wrong"))).toBe(0);
});
