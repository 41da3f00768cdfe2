import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { cacheScripts, hour, token } from "../../support/cache/scripts.js";
import { failure } from "../../support/lua/errors.js";

const { redis, scope, cache } = await cacheScripts();

test("keeps the hard part and the end of the token", async () => {
  const key = keys.cacheTag(scope, "one");
  await redis.set(key, `${token} 7`, "PX", hour);
  const before = await redis.pexpiretime(key);
  await cache.expireTag({ tag: "one", softToken: "00000001" });
  expect(await cache.readTag({ tag: "one" })).toEqual({ outcome: "known", token: "41c7e0b95d18.00000001" });
  expect(await redis.pexpiretime(key)).toBe(before);
});

test("a tag without a token gets none", async () => {
  expect(await cache.expireTag({ tag: "absent", softToken: "00000001" })).toEqual({ outcome: "absent" });
  expect(await redis.exists(keys.cacheTag(scope, "absent"))).toBe(0);
});

test("a soft part that is not hexadecimal is refused", async () => {
  await cache.openTag({ tag: "wrong", token, keepMs: hour });
  expect(await failure(cache.expireTag({ tag: "wrong", softToken: "soft one" }))).toMatchObject({
    code: "ARGUMENT",
  });
  expect(await cache.readTag({ tag: "wrong" })).toEqual({ outcome: "known", token });
});
