import { expect, test } from "vitest";
import { a, b, c, cacheScripts, content, hour, text } from "../../support/cache/scripts.js";
import { failure } from "../../support/lua/errors.js";

const { redis, cache, keysOf, given, stored } = await cacheScripts();
const read = (entry: string, fillId: string, more: { replaces?: string; waits?: boolean } = {}) =>
  cache.read({ entry, fillId, leaseMs: hour, ...more });

test("one caller gets the lease, for lease_ms", async () => {
  expect(await read("one", a)).toEqual({ outcome: "absent", lease: "granted" });
  const busy = await read("one", b);
  expect(busy).toMatchObject({ outcome: "absent", lease: "busy" });
  const left = "leaseEndsInMs" in busy ? (busy.leaseEndsInMs ?? 0) : 0;
  expect(Math.abs(left - hour)).toBeLessThan(60_000);
  expect(await redis.get(keysOf("one").lease)).toBe(a);
  expect(Math.abs((await redis.pttl(keysOf("one").lease)) - hour)).toBeLessThan(60_000);
});

test("a caller that waits marks the lease once, and keeps its end", async () => {
  await read("waited", a);
  await redis.pexpire(keysOf("waited").lease, 60_000);
  for (const waiter of [b, c]) {
    await read("waited", waiter, { waits: true });
    expect(await redis.get(keysOf("waited").lease)).toBe(`${a} waited`);
    expect(await redis.pttl(keysOf("waited").lease)).toBeLessThanOrEqual(60_000);
  }
  await read("waited", b);
  expect(await redis.get(keysOf("waited").lease)).toBe(`${a} waited`);
});

test("a lease that has ended goes to the next caller", async () => {
  await read("ended", a);
  await redis.pexpire(keysOf("ended").lease, 1);
  await expect.poll(() => read("ended", b), { timeout: 5_000 }).toMatchObject({ lease: "granted" });
  expect(await redis.get(keysOf("ended").lease)).toBe(b);
});

test("a fresh entry comes with its time, and grants nothing", async () => {
  await given("fresh", true);
  const reply = await read("fresh", a);
  expect(reply).toMatchObject({ outcome: "fresh" });
  if (reply.outcome !== "fresh") throw new Error("it is fresh");
  expect(Math.abs(reply.freshForMs - hour)).toBeLessThan(60_000);
  expect(await redis.exists(keysOf("fresh").lease)).toBe(0);
});

test("only the entry that the caller names is replaced", async () => {
  await given("replaced", true);
  expect(await read("replaced", a, { replaces: b })).toMatchObject({ outcome: "fresh" });
  expect(await read("replaced", a, { replaces: "0123456789ab" })).toEqual({
    outcome: "absent",
    lease: "granted",
  });
  await cache.fill({ entry: "replaced", fillId: a, ...content() });
  // The second caller that found the old one dead gets the new one.
  expect(await read("replaced", b, { replaces: "0123456789ab" })).toMatchObject({ outcome: "fresh" });
});

test("under a block a caller gets a stale entry and no lease", async () => {
  await given("blocked");
  await redis.hset(keysOf("blocked").block, { settle: Date.now() + hour });
  const reply = await read("blocked", a);
  expect(reply).toMatchObject({ outcome: "stale", lease: "blocked" });
  expect("stored" in reply && reply.stored && text(reply.stored)).toMatch(/^1j- 1000000000000 /);
  expect(await read("blocked", a, { replaces: "0123456789ab" })).toEqual({
    outcome: "absent",
    lease: "blocked",
  });
  expect(await redis.exists(keysOf("blocked").lease)).toBe(0);
});

test("an entry of another form grants no lease, so nothing overwrites it", async () => {
  const later = "2 what a later release writes";
  await redis.set(keysOf("foreign").entry, later, "PX", hour);
  expect(await read("foreign", a, { replaces: "0123456789ab", waits: true })).toEqual({ outcome: "foreign" });
  expect(await cache.fill({ entry: "foreign", fillId: a, ...content() })).toEqual({ outcome: "refused" });
  expect(await stored("foreign")).toBe(later);
});

test("each byte of a value comes back unchanged", async () => {
  const value = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  await read("bytes", a);
  await cache.fill({ entry: "bytes", fillId: a, ...content(), value });
  const reply = await read("bytes", b);
  if (reply.outcome !== "fresh") throw new Error("it is fresh");
  const found = Uint8Array.from(reply.stored);
  expect(found.slice(found.indexOf(10) + 1)).toEqual(value);
});

test.each([
  "1",
  "1j-",
  "1j- soon 0123456789ab x",
  "1j- 999999999999 0123456789ab x",
  "1j- 1000000000000 none x",
])("the entry %j is corrupt", async (entry) => {
  await redis.set(keysOf("corrupt").entry, entry, "PX", hour);
  expect(await failure(read("corrupt", a))).toMatchObject({ code: "CORRUPT" });
  expect(await redis.exists(keysOf("corrupt").lease)).toBe(0);
});

test("a fill id that would read as a waited lease is refused", async () => {
  expect(await failure(read("hex", "abcde waited"))).toMatchObject({ code: "ARGUMENT" });
  expect(await redis.exists(keysOf("hex").lease)).toBe(0);
});
