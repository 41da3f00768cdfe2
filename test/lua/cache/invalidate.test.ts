import { expect, test } from "vitest";
import { a, b, cacheScripts, content, hour } from "../../support/cache/scripts.js";

const { redis, cache, keysOf, given, heard, wait } = await cacheScripts();
const read = (entry: string, fillId: string) => cache.read({ entry, fillId, leaseMs: hour });

test("wakes those that wait for the lease, and nobody else", async () => {
  for (const entry of ["alone", "waited"]) await read(entry, a);
  await wait("waited");
  for (const entry of ["alone", "waited"]) await cache.invalidate({ entry });
  expect(await heard("alone")).toEqual([]);
  expect(await heard("waited")).toEqual(["invalidated"]);
  expect(await redis.exists(keysOf("waited").lease)).toBe(0);
});

test("also removes an entry of another form, and one without a lease", async () => {
  await redis.set(keysOf("foreign").entry, "2 later", "PX", hour);
  expect(await cache.invalidate({ entry: "foreign" })).toEqual({ outcome: "removed" });
  expect(await redis.exists(keysOf("foreign").entry)).toBe(0);
});

test("for settle_ms nobody gets a lease, so a replica that lags fills nothing", async () => {
  await given("settles");
  await read("settles", a);
  await cache.invalidate({ entry: "settles", settleMs: hour });
  expect(await read("settles", b)).toEqual({ outcome: "absent", lease: "blocked" });
  expect(await cache.fill({ entry: "settles", fillId: a, ...content() })).toEqual({ outcome: "refused" });
  const { block } = keysOf("settles");
  expect(Math.abs((await redis.pttl(block)) - hour)).toBeLessThan(60_000);
  await redis.pexpire(block, 1);
  await expect.poll(() => redis.exists(block), { timeout: 5_000 }).toBe(0);
  expect(await read("settles", b)).toEqual({ outcome: "absent", lease: "granted" });
});

test("a shorter settle_ms does not end a longer one, also if a write begins between", async () => {
  const { block } = keysOf("shorter");
  await cache.invalidate({ entry: "shorter", settleMs: hour });
  await cache.invalidate({ entry: "shorter", settleMs: 1_000 });
  await cache.invalidate({ entry: "shorter" });
  expect(Math.abs((await redis.pttl(block)) - hour)).toBeLessThan(60_000);
  await cache.beginWrite({ entry: "shorter", writer: a, blockMs: 1_000 });
  expect(Math.abs((await redis.pttl(block)) - hour)).toBeLessThan(60_000);
});

test("a longer settle_ms extends an earlier one, and the block of a writer", async () => {
  for (const entry of ["longer", "writer"]) {
    if (entry === "longer") await cache.invalidate({ entry, settleMs: 60_000 });
    else await cache.beginWrite({ entry, writer: a, blockMs: 60_000 });
    await cache.invalidate({ entry, settleMs: hour });
    const { block } = keysOf(entry);
    expect(Math.abs((await redis.pttl(block)) - hour)).toBeLessThan(30_000);
    const settles = Number(await redis.hget(block, "settle"));
    expect(Math.abs(settles - (await redis.pexpiretime(block)))).toBeLessThan(1_000);
  }
});

test("without settle_ms the block of a writer keeps its end", async () => {
  await cache.beginWrite({ entry: "kept", writer: a, blockMs: hour });
  const before = await redis.pexpiretime(keysOf("kept").block);
  await cache.invalidate({ entry: "kept" });
  expect(await redis.pexpiretime(keysOf("kept").block)).toBe(before);
  expect(await redis.hkeys(keysOf("kept").block)).toEqual([`writer:${a}`]);
});

test("a settle time that is no number is replaced", async () => {
  await redis.hset(keysOf("corrupt").block, { settle: "soon" });
  await cache.invalidate({ entry: "corrupt", settleMs: hour });
  expect(await redis.hget(keysOf("corrupt").block, "settle")).toMatch(/^\d{13}$/);
});
