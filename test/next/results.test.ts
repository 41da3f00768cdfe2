import { describe, expect, test } from "vitest";
import type { Handlers } from "../support/next/handlers.js";
import { openHandlers, openIn, resultOf, textOf } from "../support/next/handlers.js";
import { freshNamespace, sharedRedis } from "../support/redis.js";
import { deferred, eventually } from "../support/wait.js";

const two = (options = {}) => {
  const [one, other] = openHandlers(2, options);
  if (!one || !other) throw new Error("no handlers");
  return [one, other] as const;
};

/** As Next.js does: it reads, and makes what it does not find. */
async function made(
  { results }: Handlers,
  key: string,
  text: string,
  tags: string[] = [],
  path: string[] = [],
  more = {},
) {
  const found = await results.get(key, path);
  if (found && found.revalidate !== -1) return textOf(found);
  const entry = resultOf(text, { tags, ...more });
  await results.set(key, Promise.resolve(entry));
  return found ? textOf(found) : text;
}

describe("results of 'use cache'", () => {
  test("what one process has made, the other reads; each reader gets a stream", async () => {
    const [one, other] = two();
    expect(await made(one, "k", "first", ["lamp"])).toBe("first");
    for (const { results } of [one, other, one]) {
      const found = await results.get("k", []);
      expect(found).toMatchObject({ tags: ["lamp"], stale: 300, expire: 7_200, revalidate: 3_600 });
      expect(await textOf(found)).toBe("first");
    }
    expect(await one.results.getExpiration(["lamp"])).toBe(Number.POSITIVE_INFINITY);
    expect(one.errors).toEqual([]);
  });

  test("an entry that is still being written is waited for", async () => {
    const [one] = two({ waitMs: 1 });
    const pending = deferred<ReturnType<typeof resultOf>>("the entry is made");
    expect(await one.results.get("k", [])).toBeUndefined();
    const set = one.results.set("k", pending.promise);
    const reading = one.results.get("k", []);
    const early = new Promise((resolve) => setTimeout(() => resolve("waits"), 200));
    expect(await Promise.race([reading, early])).toBe("waits");
    pending.resolve(resultOf("late"));
    expect(await textOf(await reading)).toBe("late");
    await set;
  });

  test("the other process waits for the one that makes it", async () => {
    const [one, other] = two({ waitMs: 10_000 });
    expect(await one.results.get("k", [])).toBeUndefined();
    const waiting = other.results.get("k", []);
    await one.results.set("k", Promise.resolve(resultOf("shared")));
    expect(await textOf(await waiting)).toBe("shared");
  });

  test("a stream that fails, and one that is too long, are not stored", async () => {
    const [one, other] = two({ maxBytes: 1_000, waitMs: 50 });
    const failing = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Buffer.from("half"));
        controller.error(new Error("the render failed"));
      },
    });
    for (const entry of [resultOf("", { value: failing }), resultOf("x".repeat(2_000))]) {
      expect(await one.results.get("k", [])).toBeUndefined();
      await one.results.set("k", Promise.resolve(entry));
      expect(await other.results.get("k", [])).toBeUndefined();
      await other.results.set("k", Promise.resolve(resultOf("x".repeat(2_000))));
    }
    expect(await one.results.get("k", [])).toBeUndefined();
    await one.results.set("k", Promise.reject(new Error("no entry")));
    expect(one.errors.map(({ message }) => message)).toEqual(["the render failed", "no entry"]);
    // Nobody waits for the lease of a render that has ended.
    expect(await made(other, "k", "whole")).toBe("whole");
    expect(await textOf(await one.results.get("k", []))).toBe("whole");
  });

  test("updateTags: the entry is gone in the other process; what began before is not stored", async () => {
    const [one, other] = two();
    await made(one, "k", "old", ["lamp"]);
    await other.results.updateTags(["lamp"]);
    expect(await one.results.get("k", [])).toBeUndefined();
    await other.results.updateTags(["lamp"]);
    await one.results.set("k", Promise.resolve(resultOf("overtaken", { tags: ["lamp"] })));
    expect(await other.results.get("k", [])).toBeUndefined();
    await other.results.set("k", Promise.resolve(resultOf("new", { tags: ["lamp"] })));
    expect(await textOf(await one.results.get("k", []))).toBe("new");
  });

  test("the first entry with a tag is stored; one whose new tag was invalidated meanwhile is not", async () => {
    const [one, other] = two();
    expect(await one.results.get("k", [])).toBeUndefined();
    await other.moonpath.tenant("acme").cache.invalidateTags(["fresh"]);
    await one.results.set("k", Promise.resolve(resultOf("overtaken", { tags: ["fresh"] })));
    expect(await one.results.get("k", [])).toBeUndefined();
    await one.results.set("k", Promise.resolve(resultOf("stored", { tags: ["fresh"] })));
    expect(await textOf(await other.results.get("k", []))).toBe("stored");
  });

  test("an invalidation of data invalidates results with its tag", async () => {
    const [one, other] = two();
    await made(one, "k", "old", ["product:lamp"]);
    await other.moonpath.tenant("acme").cache.invalidateTags(["product:lamp"]);
    expect(await one.results.get("k", [])).toBeUndefined();
  });

  test("with durations, it is served as stale, and made anew by one process", async () => {
    const [one, other] = two();
    await made(one, "k", "old", ["lamp"]);
    await other.results.updateTags(["lamp"], { expire: 3_600 });
    const stale = await one.results.get("k", []);
    expect([stale?.revalidate, await textOf(stale)]).toEqual([-1, "old"]);
    await one.results.set("k", Promise.resolve(resultOf("new", { tags: ["lamp"] })));
    const fresh = await other.results.get("k", []);
    expect([fresh?.revalidate, await textOf(fresh)]).toEqual([3_600, "new"]);
  });

  test("after the time of its durations, it is served no more", async () => {
    const [one, other] = two();
    await made(one, "k", "old", ["lamp"]);
    await other.results.updateTags(["lamp"], { expire: 1 });
    await eventually("the old one expires", async () =>
      expect(await other.results.get("k", [])).toBeUndefined(),
    );
    await other.results.updateTags(["table"], { expire: 0 });
    await other.results.set("k", Promise.resolve(resultOf("new", { tags: ["lamp"] })));
    expect(await textOf(await one.results.get("k", []))).toBe("new");
  });

  test("a revalidated path: its readers get no older result; readers of other paths do", async () => {
    const [one, other] = two();
    const lamp = ["_N_T_/layout", "_N_T_/lamp"];
    const table = ["_N_T_/layout", "_N_T_/table"];
    await made(one, "k", "old", [], lamp);
    expect(await textOf(await other.results.get("k", table))).toBe("old");
    await one.results.updateTags(["_N_T_/lamp"]);
    expect(await textOf(await other.results.get("k", table))).toBe("old");
    expect(await other.results.get("k", lamp)).toBeUndefined();
    await other.results.set("k", Promise.resolve(resultOf("new")));
    expect(await textOf(await one.results.get("k", lamp))).toBe("new");
    await other.results.updateTags(["_N_T_/layout"]);
    for (const path of [lamp, table]) expect(await one.results.get("k", path)).toBeUndefined();
  });

  test("a log of paths that was evicted counts as a revalidation of all", async () => {
    const namespace = freshNamespace();
    const [one, other] = [openIn(namespace), openIn(namespace)];
    await made(one, "k", "old", [], ["_N_T_/lamp"]);
    await one.next.useCacheHandler.updateTags(["_N_T_/table"]);
    expect(await textOf(await other.results.get("k", ["_N_T_/lamp"]))).toBe("old");
    expect(await sharedRedis().del(`${namespace}:{acme:next:log}:cache`)).toBe(1);
    expect(await other.results.get("k", ["_N_T_/lamp"])).toBeUndefined();
  });

  test("many paths at once, by two processes: none is lost", async () => {
    const [one, other] = two();
    const paths = Array.from({ length: 20 }, (_, path) => `_N_T_/p${path}`);
    for (const path of paths) await made(one, path, "old", [], [path]);
    await Promise.all(paths.map((path, place) => (place % 2 ? one : other).results.updateTags([path])));
    for (const path of paths) expect(await one.results.get(path, [path])).toBeUndefined();
  });

  test("an entry under a key that was not read is stored by the clock of an earlier reading", async () => {
    const [one, other] = two();
    await made(one, "coarse", "redirect");
    await one.results.set("specific", Promise.resolve(resultOf("by root params", { tags: ["lamp"] })));
    expect(await textOf(await other.results.get("specific", []))).toBe("by root params");
    await other.results.updateTags(["lamp"]);
    const entry = resultOf("old", { tags: ["lamp"] });
    await one.results.set("specific", Promise.resolve(entry));
    expect(await other.results.get("specific", [])).toBeUndefined();
  });

  test("another build reads none of them", async () => {
    const namespace = freshNamespace();
    await made(openIn(namespace), "k", "one");
    expect(await openIn(namespace, { buildId: "build-2" }).results.get("k", [])).toBeUndefined();
  });

  test("a result without an end of time, and one that ends at once", async () => {
    const [one, other] = two();
    const forever = { expire: Number.POSITIVE_INFINITY, revalidate: Number.POSITIVE_INFINITY };
    await made(one, "k", "forever", [], [], forever);
    expect(await other.results.get("k", [])).toMatchObject(forever);
    await made(one, "now", "now", [], [], { expire: 0, revalidate: 0 });
    expect(await one.results.get("now", [])).toBeUndefined();
  });
});
