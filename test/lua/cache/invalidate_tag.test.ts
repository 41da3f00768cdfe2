import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { cacheScripts, hour, token } from "../../support/cache/scripts.js";
import { failure } from "../../support/lua/errors.js";

const { redis, scope, cache } = await cacheScripts();
const next = "aaaaaaaaaaaa.bbbbbbbb";

test("both parts of the token change, its clock is not known any more, and its end stays", async () => {
  const key = keys.cacheTag(scope, "one");
  await redis.set(key, `${token} 7`, "PX", hour);
  const before = await redis.pexpiretime(key);
  await cache.invalidateTag({ tag: "one", token: next });
  expect(await cache.readTag({ tag: "one" })).toEqual({ outcome: "known", token: next });
  expect(await redis.pexpiretime(key)).toBe(before);
});

test("the reading of an earlier invalidation does not belong to the new token", async () => {
  await cache.openTag({ tag: "late", token, keepMs: hour });
  await cache.invalidateTag({ tag: "late", token: next });
  expect(await cache.setTagClock({ tag: "late", token, clock: 7 })).toEqual({ outcome: "replaced" });
  expect(await cache.readTag({ tag: "late" })).toEqual({ outcome: "known", token: next });
});

test("a token that is not one is refused", async () => {
  await cache.openTag({ tag: "wrong", token, keepMs: hour });
  const error = await failure(cache.invalidateTag({ tag: "wrong", token: "this is not the token" }));
  expect(error).toMatchObject({ code: "ARGUMENT" });
  expect(await cache.readTag({ tag: "wrong" })).toEqual({ outcome: "known", token });
});
