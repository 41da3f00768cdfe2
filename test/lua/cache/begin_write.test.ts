import { expect, test } from "vitest";
import { a, b, cacheScripts, content, hour } from "../../support/cache/scripts.js";
import { nowMs } from "../../support/lua/commands.js";
import { failure } from "../../support/lua/errors.js";

const { redis, cache, keysOf, given, heard, wait } = await cacheScripts();
const begin = (entry: string, writer: string, blockMs = hour) => cache.beginWrite({ entry, writer, blockMs });
const fields = async (entry: string) => (await redis.hkeys(keysOf(entry).block)).sort();
const hex = (number: number) => number.toString(16).padStart(12, "0");

test("nobody gets a lease until the block ends, block_ms from now", async () => {
  await given("one");
  expect(await begin("one", a)).toEqual({ outcome: "begun" });
  const { block } = keysOf("one");
  const ends = Number(await redis.hget(block, `writer:${a}`));
  expect(Math.abs(ends - (await nowMs(redis)) - hour)).toBeLessThan(60_000);
  expect(await redis.pexpiretime(block)).toBe(ends);
  expect(await cache.read({ entry: "one", fillId: b, leaseMs: hour })).toEqual({
    outcome: "absent",
    lease: "blocked",
  });
});

test("wakes those that wait for the lease, and nobody else", async () => {
  for (const entry of ["alone", "waited"]) await cache.read({ entry, fillId: b, leaseMs: hour });
  await wait("waited");
  for (const entry of ["alone", "waited"]) await begin(entry, a);
  expect(await heard("alone")).toEqual([]);
  expect(await heard("waited")).toEqual(["invalidated"]);
});

test("of two writers none sets, in whatever order they end", async () => {
  for (const [entry, first, second] of [
    ["ab", a, b],
    ["ba", b, a],
  ] as const) {
    await begin(entry, a);
    await begin(entry, b);
    for (const writer of [first, second]) {
      expect(await cache.commitWrite({ entry, writer, ...content() })).toEqual({ outcome: "removed" });
    }
    expect(await redis.exists(...Object.values(keysOf(entry)))).toBe(0);
  }
});

test("a copy changes nothing: neither the end of the block nor who may set", async () => {
  await begin("copy", a, 60_000);
  await cache.invalidate({ entry: "copy" });
  const before = [await redis.hgetall(keysOf("copy").block), await redis.pexpiretime(keysOf("copy").block)];
  expect(await begin("copy", a, hour)).toEqual({ outcome: "begun" });
  expect([await redis.hgetall(keysOf("copy").block), await redis.pexpiretime(keysOf("copy").block)]).toEqual(
    before,
  );
});

test("the block lasts until the last writer's end", async () => {
  await begin("last", a, hour);
  const ends = await redis.pexpiretime(keysOf("last").block);
  await begin("last", b, 1_000);
  expect(await redis.pexpiretime(keysOf("last").block)).toBe(ends);
  await begin("last", hex(1), 2 * hour);
  expect(await redis.pexpiretime(keysOf("last").block)).toBeGreaterThan(ends);
});

test("a writer that died and a settle time that is over are forgotten", async () => {
  const now = await nowMs(redis);
  await redis.hset(keysOf("died").block, { [`writer:${b}`]: now - 1, settle: now - 1, setter: b });
  await begin("died", a);
  expect(await redis.hgetall(keysOf("died").block)).toEqual({
    setter: a,
    [`writer:${a}`]: expect.stringMatching(/^\d{13}$/),
  });
  // It was only slow.
  expect(await cache.commitWrite({ entry: "died", writer: b, ...content("old") })).toEqual({
    outcome: "removed",
  });
});

test("a settle time that is not over stays, and the writer may set", async () => {
  await cache.invalidate({ entry: "settles", settleMs: hour });
  await begin("settles", a, 1_000);
  expect(await fields("settles")).toEqual(["setter", "settle", `writer:${a}`]);
});

test("64 writers begin, the 65th is told that the entry is full, and one that ended leaves room", async () => {
  await given("full");
  for (let writer = 1; writer <= 64; writer++)
    expect(await begin("full", hex(writer))).toEqual({ outcome: "begun" });
  const before = await redis.hgetall(keysOf("full").block);
  expect(await begin("full", hex(65))).toEqual({ outcome: "full" });
  expect(await redis.hgetall(keysOf("full").block)).toEqual(before);
  expect(await begin("full", hex(64))).toEqual({ outcome: "begun" });
  await cache.endWrite({ entry: "full", writer: hex(1) });
  expect(await begin("full", hex(65))).toEqual({ outcome: "begun" });
});

test("all 64 may have died", async () => {
  const ended = (await nowMs(redis)) - 1;
  const died = Array.from({ length: 64 }, (_, writer) => [`writer:${hex(writer)}`, ended] as const);
  await redis.hset(keysOf("all").block, { ...Object.fromEntries(died), settle: ended, setter: hex(1) });
  expect(await begin("all", a)).toEqual({ outcome: "begun" });
  expect(await fields("all")).toEqual(["setter", `writer:${a}`]);
});

test("more fields than a script can write are corrupt", async () => {
  const many = Array.from({ length: 67 }, (_, writer) => [`writer:${hex(writer)}`, 1] as const);
  await redis.hset(keysOf("corrupt").block, Object.fromEntries(many));
  await given("corrupt");
  expect(await failure(begin("corrupt", a))).toMatchObject({ code: "CORRUPT" });
  expect(await redis.exists(keysOf("corrupt").entry)).toBe(1);
});

test("a writer that could not store its value is refused before the write", async () => {
  expect(await failure(begin("hex", "no hex digit"))).toMatchObject({ code: "ARGUMENT" });
  expect(await redis.exists(keysOf("hex").block)).toBe(0);
});
