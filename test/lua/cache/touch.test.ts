import { expect, test } from "vitest";
import { a, b, cacheScripts, content, hour } from "../../support/cache/scripts.js";
import { failure } from "../../support/lua/errors.js";

const { redis, cache, keysOf, given, stored, heard, wait } = await cacheScripts();
const tokens = "9b1e64d02a77.00000000\tbrand:oslo=41c7e0b95d18.20e6f7c3";
const read = (entry: string, fillId = a) => cache.read({ entry, fillId, leaseMs: hour });
const touch = (entry: string, fillId = a, unchanged = "0123456789ab") =>
  cache.touch({ entry, fillId, unchanged, tokens, freshMs: hour, keepMs: 2 * hour });

test("keeps the value, byte for byte, and the coding; the rest is new", async () => {
  await redis.set(
    keysOf("bytes").entry,
    Buffer.concat([
      Buffer.from("1rg 1000000000000 0123456789ab 9b1e64d02a77.5d0c31aa\n"),
      Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
    ]),
    "PX",
    60_000,
  );
  await read("bytes");
  expect(await touch("bytes")).toEqual({ outcome: "touched" });
  const found = await redis.getBuffer(keysOf("bytes").entry);
  const head = found?.indexOf(10) ?? 0;
  expect(found?.toString("utf8", 17, head)).toBe(` ${a} ${tokens}`);
  expect(found?.toString("utf8", 0, 3)).toBe("1rg");
  expect([...(found?.subarray(head + 1) ?? [])]).toEqual(Array.from({ length: 256 }, (_, byte) => byte));
  expect(Math.abs((await redis.pttl(keysOf("bytes").entry)) - 2 * hour)).toBeLessThan(60_000);
  expect(await cache.peek({ entry: "bytes" })).toMatchObject({ outcome: "fresh" });
  expect(await redis.exists(keysOf("bytes").lease)).toBe(0);
});

test("wakes those that wait, and nobody else", async () => {
  for (const entry of ["alone", "waited"]) {
    await given(entry);
    await read(entry);
  }
  await wait("waited");
  for (const entry of ["alone", "waited"]) await touch(entry);
  expect(await heard("alone")).toEqual([]);
  expect(await heard("waited")).toEqual(["filled"]);
});

test("another entry than the compared one stays, and the caller keeps its lease", async () => {
  await given("other");
  await read("other");
  await wait("other");
  expect(await touch("other", a, b)).toEqual({ outcome: "absent" });
  expect(await stored("other")).toBe("1j- 0123456789ab 9b1e64d02a77.5d0c31aa\n{}");
  expect(await redis.get(keysOf("other").lease)).toBe(`${a} waited`);
  expect(await cache.fill({ entry: "other", fillId: a, ...content() })).toEqual({ outcome: "filled" });
});

test("an entry of another form stays as it is", async () => {
  await redis.set(keysOf("foreign").lease, a, "PX", hour);
  await redis.set(keysOf("foreign").entry, "2 later", "PX", hour);
  expect(await touch("foreign")).toEqual({ outcome: "absent" });
  expect(await stored("foreign")).toBe("2 later");
});

test.each([
  ["an invalidation", () => cache.invalidate({ entry: "late" })],
  ["a soft one", () => cache.expire({ entry: "late" })],
])("is refused after %s", async (_, event) => {
  await given("late");
  await read("late");
  await event();
  await given("late");
  expect(await touch("late")).toEqual({ outcome: "refused" });
  expect(await cache.peek({ entry: "late" })).toMatchObject({ outcome: "stale" });
});

test("an entry without the end of its header is corrupt", async () => {
  await redis.set(keysOf("corrupt").lease, a, "PX", hour);
  await redis.set(keysOf("corrupt").entry, "1j- 1000000000000 0123456789ab 9b1e", "PX", hour);
  expect(await failure(touch("corrupt"))).toMatchObject({ code: "CORRUPT" });
  expect(await redis.get(keysOf("corrupt").lease)).toBe(a);
});
