import { expect, test } from "vitest";
import { a, b, cacheScripts, content, hour } from "../../support/cache/scripts.js";

const { redis, cache, keysOf, heard, wait } = await cacheScripts();
const read = (entry: string, fillId: string) => cache.read({ entry, fillId, leaseMs: hour });

test("wakes those that wait, and nobody else; the next caller loads", async () => {
  for (const entry of ["alone", "waited"]) await read(entry, a);
  await wait("waited");
  for (const entry of ["alone", "waited"]) {
    expect(await cache.release({ entry, fillId: a })).toEqual({ outcome: "released" });
    expect(await read(entry, b)).toEqual({ outcome: "absent", lease: "granted" });
  }
  expect(await heard("alone")).toEqual([]);
  expect(await heard("waited")).toEqual(["released"]);
});

test("a waited lease of somebody else stays, and nobody is woken", async () => {
  await read("other", b);
  await wait("other");
  expect(await cache.release({ entry: "other", fillId: a })).toEqual({ outcome: "lost" });
  expect(await redis.get(keysOf("other").lease)).toBe(`${b} waited`);
  expect(await heard("other")).toEqual([]);
});

test("a load that gave its lease back may not fill", async () => {
  await read("back", a);
  await cache.release({ entry: "back", fillId: a });
  expect(await cache.fill({ entry: "back", fillId: a, ...content() })).toEqual({ outcome: "refused" });
});
