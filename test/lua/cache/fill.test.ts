import { expect, test } from "vitest";
import { a, b, cacheScripts, content, hour } from "../../support/cache/scripts.js";
import { failure } from "../../support/lua/errors.js";

const { redis, cache, keysOf, stored, heard, wait } = await cacheScripts();
const read = (entry: string, fillId: string) => cache.read({ entry, fillId, leaseMs: hour });
const fill = (entry: string, fillId: string, more: Partial<ReturnType<typeof content>> = {}) =>
  cache.fill({ entry, fillId, ...content(), ...more });

test("stores the entry for keep_ms, fresh for fresh_ms by Redis's clock", async () => {
  await read("ttl", a);
  expect(await fill("ttl", a)).toEqual({ outcome: "filled" });
  expect(await stored("ttl")).toBe(`1j- ${a} 9b1e64d02a77.5d0c31aa\n{}`);
  expect(Math.abs((await redis.pttl(keysOf("ttl").entry)) - 2 * hour)).toBeLessThan(60_000);
  const [seconds] = await redis.time();
  const until = Number((await redis.get(keysOf("ttl").entry))?.slice(4, 17));
  expect(Math.abs(until - Number(seconds) * 1_000 - hour)).toBeLessThan(60_000);
});

test("keeps the tokens, an empty value and both letters of the coding as they are", async () => {
  await read("text", a);
  const tokens = "9b1e64d02a77.5d0c31aa\tbrand:oslo=41c7e0b95d18.20e6f7c3\tü=aaaaaaaaaaaa.bbbbbbbb";
  await fill("text", a, { coding: "rg", tokens, value: new Uint8Array() });
  expect(await stored("text")).toBe(`1rg ${a} ${tokens}\n`);
});

test("an entry is at most fresh for as long as it is kept", async () => {
  await read("long", a);
  await fill("long", a, { freshMs: 8_640_000_000_000_000 });
  expect(await cache.peek({ entry: "long" })).toMatchObject({ outcome: "fresh" });
  const until = Number((await redis.get(keysOf("long").entry))?.slice(4, 17));
  expect(Math.abs(until - (await redis.pexpiretime(keysOf("long").entry)))).toBeLessThan(60_000);
});

test("wakes those that wait, and nobody else", async () => {
  await read("alone", a);
  await fill("alone", a);
  expect(await heard("alone")).toEqual([]);
  await read("waited", a);
  await wait("waited");
  expect(await fill("waited", a)).toEqual({ outcome: "filled" });
  expect(await heard("waited")).toEqual(["filled"]);
});

test.each([
  ["an invalidation", () => cache.invalidate({ entry: "late" })],
  ["a soft one", () => cache.expire({ entry: "late" })],
  ["a value that was set", () => cache.set({ entry: "late", fillId: b, ...content("new") })],
  ["a write", () => cache.beginWrite({ entry: "late", writer: b, blockMs: hour })],
  ["the end of a write", () => cache.endWrite({ entry: "late", writer: b })],
])("is refused after %s", async (_, event) => {
  await redis.del(...Object.values(keysOf("late")));
  await read("late", a);
  await event();
  const before = await stored("late");
  expect(await fill("late", a, content("old"))).toEqual({ outcome: "refused" });
  expect(await stored("late")).toBe(before);
});

test("a load that outlived its lease neither fills nor ends the lease of the next one", async () => {
  await read("outlived", a);
  await redis.del(keysOf("outlived").lease);
  await read("outlived", b);
  await wait("outlived");
  expect(await fill("outlived", a, content("old"))).toEqual({ outcome: "refused" });
  expect(await redis.get(keysOf("outlived").lease)).toBe(`${b} waited`);
  await fill("outlived", b, content("new"));
  expect(await fill("outlived", a, content("old"))).toEqual({ outcome: "refused" });
  expect(await stored("outlived")).toMatch(/\nnew$/);
});

test.each([
  { name: "a coding with a space", wrong: { coding: "j " } },
  { name: "tokens on two lines", wrong: { tokens: "9b1e64d02a77.5d0c31aa\nx=1" } },
])("$name is refused, because no header may have it", async ({ wrong }) => {
  await redis.set(keysOf("wrong").lease, a, "PX", hour);
  expect(await failure(fill("wrong", a, wrong))).toMatchObject({ code: "ARGUMENT" });
  expect(await redis.exists(keysOf("wrong").entry)).toBe(0);
});
