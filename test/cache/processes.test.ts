import { expect, test } from "vitest";
import { cacheDefaults } from "../../src/cache/defaults.js";
import { runChild } from "../support/child.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";

const PROGRAM = "cache/loading-process.ts";

test("four processes with 100 callers each load a cold key once", { timeout: 30_000 }, async () => {
  const namespace = freshNamespace();
  const redis = sharedRedis();
  const children = await Promise.all(
    Array.from({ length: 4 }, () => runChild(PROGRAM, namespace, "100", "300")),
  );
  await Promise.all(children.map((child) => child.line(({ what }) => what === "ready")));
  await redis.lpush(`${namespace}:go`, "1", "2", "3", "4");
  const loaded = await Promise.all(children.map((child) => child.line(({ what }) => what === "loaded")));
  for (const { items } of loaded) expect(items).toEqual(['{"product":"lamp","load":1}']);
  expect(await redis.get(`${namespace}:loads`)).toBe("1");
});

test("when the process that loads is killed, another takes over as the lease ends", {
  timeout: 30_000,
}, async () => {
  const namespace = freshNamespace();
  const redis = sharedRedis();
  const owner = await runChild(PROGRAM, namespace, "1", "never");
  await owner.line(({ what }) => what === "ready");
  await redis.lpush(`${namespace}:go`, "1");
  await owner.line(({ what }) => what === "loading");
  const other = await runChild(PROGRAM, namespace, "10", "0");
  await other.line(({ what }) => what === "ready");
  await redis.lpush(`${namespace}:go`, "1");
  await owner.kill("SIGKILL");
  const killedAt = performance.now();
  const { items } = await other.line(({ what }) => what === "loaded");
  expect(items).toEqual(['{"product":"lamp","load":2}']);
  // A poll after the end of the lease, which was renewed a moment before the death at the latest.
  expect(performance.now() - killedAt).toBeLessThan(cacheDefaults.leaseMs.value + 1_000);
  expect(await redis.get(`${namespace}:loads`)).toBe("2");
});
