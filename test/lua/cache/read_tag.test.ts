import { expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { cacheScripts, hour } from "../../support/cache/scripts.js";
import { failure } from "../../support/lua/errors.js";

const { redis, scope, cache } = await cacheScripts();

test.each([
  "",
  "41c7e0b95d18.20e6f7c3",
  "41c7e0b95d18.20e6f7c3 ",
  "41c7e0b95d18.20e6f7c3 soon",
  "41c7e0b95d18.20e6f7c3 0",
  "41c7e0b95d18.20e6f7c3 1.5",
  "41c7e0b95d18.20e6f7c3 9007199254740992",
  "41c7e0b95d18.20e6f7c3 - -",
  "41c7e0b95d180.20e6f7c -",
  "41c7e0b95d1.820e6f7c3 -",
  "41c7e0b95d180.20e6f7c3 -",
  "41c7e0b95d18.20e6f7c -",
  "41c7e0b95d18.20e6f7cx -",
  "xxxxxxxxxxxx.20e6f7c3 -",
])("the tag %j is corrupt", async (text) => {
  await redis.set(keys.cacheTag(scope, "corrupt"), text, "PX", hour);
  expect(await failure(cache.readTag({ tag: "corrupt" }))).toMatchObject({ code: "CORRUPT" });
});

test("does not keep the tag for longer", async () => {
  await redis.set(keys.cacheTag(scope, "kept"), "41c7e0b95d18.20e6f7c3 -", "PX", 60_000);
  await cache.readTag({ tag: "kept" });
  expect(await redis.pttl(keys.cacheTag(scope, "kept"))).toBeLessThanOrEqual(60_000);
});
