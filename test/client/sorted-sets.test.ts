import { expect, onTestFinished, test } from "vitest";
import { createMoonpath } from "../../src/index.js";
import { freshNamespace, sharedCluster, sharedRedis } from "../support/redis.js";
import { deferred } from "../support/wait.js";

test.each([
  ["a single server", () => sharedRedis()],
  ["a cluster", () => sharedCluster()],
])("readSortedSets reads sets of all nodes of %s, and reports a key of another type", async (_, connect) => {
  const redis = connect();
  const namespace = freshNamespace();
  const moonpath = createMoonpath(redis, { namespace });
  onTestFinished(() => moonpath.close());
  await moonpath.ready();
  const keys = Array.from({ length: 600 }, (_key, index) => `${namespace}:{${index}}:set`);
  for (const [index, key] of keys.entries()) {
    if (index === 7) await redis.set(key, "text");
    else if (index % 100 !== 0) await redis.zadd(key, index, "a", index + 1, "b", index + 2, "c");
  }
  const { sets, clockOffsetMs } = await moonpath.readSortedSets(keys, 2);
  expect(sets).toHaveLength(600);
  for (const [index, set] of sets.entries()) {
    if (index === 7) expect(set).toBeInstanceOf(Error);
    else if (index % 100 === 0) expect(set).toEqual([]);
    else
      expect(set).toEqual([
        { member: "a", score: index },
        { member: "b", score: index + 1 },
      ]);
  }
  expect(Math.abs(performance.now() + (clockOffsetMs ?? 0) - Date.now())).toBeLessThan(5_000);
});

test("listenPattern passes the channel and the text of each message", async () => {
  const redis = sharedRedis();
  const namespace = freshNamespace();
  const moonpath = createMoonpath(redis, { namespace });
  onTestFinished(() => moonpath.close());
  const heard = deferred<object | undefined>("the message arrives");
  const listening = moonpath.listenPattern(`${namespace}:{*}:slot-due`, (message) => heard.resolve(message));
  await listening.ready;
  await redis.publish(`${namespace}:{a}:other`, "1");
  await redis.publish(`${namespace}:{ebm}:slot-due`, "1700000000000");
  expect(await heard.promise).toEqual({ channel: `${namespace}:{ebm}:slot-due`, text: "1700000000000" });
  listening.stop();
  expect(() => moonpath.listenPattern("", () => undefined)).toThrow("pattern");
});
