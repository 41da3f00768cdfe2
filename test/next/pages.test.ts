import { describe, expect, test } from "vitest";
import { memoryL1 } from "../../src/cache/l1/memory-l1.js";
import { storedCodec } from "../../src/next/stored.js";
import { type Handlers, openHandlers, openIn } from "../support/next/handlers.js";
import { freshNamespace } from "../support/redis.js";
import { eventually } from "../support/wait.js";

const two = (options = {}) => {
  const [one, other] = openHandlers(2, options);
  if (!one || !other) throw new Error("no handlers");
  return [one, other] as const;
};

const PAGE = { kind: "APP_PAGE", isRoutePPREnabled: false, isFallback: false };
const FETCH = { kind: "FETCH" };
const HOUR = { revalidate: 3_600, expire: 31_536_000 };

const pageOf = (html: string, tags = "page,_N_T_/lamp") => ({
  kind: "APP_PAGE",
  html,
  rscData: Buffer.from([0, 255, 128]),
  postponed: undefined,
  status: 200,
  headers: { "x-next-cache-tags": tags, "set-x": ["1", "2"] },
  segmentData: new Map([
    ["/_tree", Buffer.from([1, 2])],
    ["/page", Buffer.from([])],
  ]),
});

const fetchOf = (body: string, revalidate = 3_600) => ({
  kind: "FETCH",
  data: { headers: { "content-type": "text/plain" }, body, url: "http://a/", status: 200 },
  revalidate,
});

/** Whether Next.js would serve it while it makes it anew; undefined: it has to be made. */
async function stateOf({ pages }: Handlers, key: string): Promise<"fresh" | "stale" | undefined> {
  const found = await pages.get(key, PAGE);
  if (!found) return undefined;
  const { lastModified, cacheControl } = found;
  const age = performance.timeOrigin + performance.now() - lastModified;
  const revalidate = cacheControl?.revalidate;
  return typeof revalidate === "number" && age > revalidate * 1_000 ? "stale" : "fresh";
}

async function store({ pages }: Handlers, key: string, html: string, cacheControl: object = HOUR) {
  await pages.get(key, PAGE);
  await pages.set(key, pageOf(html), { ...PAGE, cacheControl: { revalidate: 1, ...cacheControl } });
}

describe("pages", () => {
  test("buffers, maps, lists and long texts come back as they were, from another process", async () => {
    const [one, other] = two();
    const html = `<p>${'"'.repeat(5_000)}ü</p>`;
    await store(one, "/lamp", html);
    for (const { pages } of [other, one]) {
      const found = await pages.get("/lamp", PAGE);
      expect(found?.value).toEqual(pageOf(html));
      expect(found?.cacheControl).toEqual(HOUR);
    }
    const route = { kind: "APP_ROUTE", body: Buffer.from([0, 200]), status: 201, headers: { a: "b" } };
    const image = {
      kind: "IMAGE",
      etag: "e",
      upstreamEtag: "u",
      buffer: Buffer.alloc(300, 7),
      extension: "webp",
    };
    for (const value of [
      route,
      image,
      { kind: "REDIRECT", props: { $map: [1], $bytes: { $object: 1 } } },
      null,
    ]) {
      await one.pages.get("/other", PAGE);
      await one.pages.set("/other", value, { ...PAGE, cacheControl: HOUR });
      expect((await other.pages.get("/other", PAGE))?.value).toEqual(value);
      await one.moonpath.tenant("acme").cache.invalidateAll();
    }
    expect(one.errors).toEqual([]);
  });

  test("the codec keeps numbers without an end, and texts that look like its own marks", () => {
    const value = {
      kind: "PAGES",
      a: Number.POSITIVE_INFINITY,
      $text: 0,
      $number: "x",
      b: [undefined, null, "$map"],
    };
    const page = { kind: "page", tags: ["a"], cacheControl: undefined, clock: 1, madeMs: 2, value } as const;
    const [back] = [storedCodec.decode(Buffer.from(storedCodec.encode(page)))];
    expect(back).toMatchObject({
      kind: "page",
      value: { a: Number.POSITIVE_INFINITY, $text: 0, $number: "x" },
    });
  });

  test("what Next.js changes in a page does not reach others", async () => {
    const namespace = freshNamespace();
    const [one, other] = [openIn(namespace), openIn(namespace, {}, memoryL1())];
    await store(one, "/lamp", "a");
    const fromL1 = async () => {
      // An entry of L1 is found without a turn of the event loop.
      const found = other.pages.get("/lamp", PAGE);
      let isThere = false;
      setImmediate(() => {
        isThere = true;
      });
      const { value } = (await found) ?? {};
      return isThere ? undefined : value;
    };
    await eventually("L1 has it", async () => expect(await fromL1()).toEqual(pageOf("a")));
    for (const field of ["headers", "segmentData"]) {
      const part = (await fromL1())?.[field];
      if (part instanceof Map) part.clear();
      else if (typeof part === "object" && part !== null)
        expect(Reflect.deleteProperty(part, "set-x")).toBe(true);
      expect(await fromL1()).toEqual(pageOf("a"));
    }
    await one.pages.revalidateTag("page");
    await eventually("L1 forgets it", async () => expect(await other.pages.get("/lamp", PAGE)).toBeNull());
  });

  test("revalidateTag of a tag or of a path: gone in the other process", async () => {
    const [one, other] = two();
    for (const tag of ["page", "_N_T_/lamp", ["else", "page"]]) {
      await store(one, "/lamp", "old");
      expect(await stateOf(other, "/lamp")).toBe("fresh");
      await one.pages.revalidateTag(tag);
      expect(await stateOf(other, "/lamp")).toBeUndefined();
      await other.pages.set("/lamp", pageOf("new"), { ...PAGE, cacheControl: HOUR });
      expect((await one.pages.get("/lamp", PAGE))?.value).toEqual(pageOf("new"));
      await other.pages.revalidateTag("page");
    }
  });

  test("a stale tag: one process makes the page anew, and for the other it is fresh meanwhile", async () => {
    const [one, other] = two();
    await store(one, "/lamp", "old");
    await store(one, "/static", "old", { revalidate: false, expire: undefined });
    for (const path of ["/lamp", "/static"]) {
      await other.pages.revalidateTag("page", { expire: 31_536_000 });
      expect(await stateOf(one, path)).toBe("stale");
      expect(await stateOf(other, path)).toBe("fresh");
      await one.pages.set(path, pageOf("new"), { ...PAGE, cacheControl: HOUR });
      expect(await stateOf(other, path)).toBe("fresh");
      expect((await other.pages.get(path, PAGE))?.value).toEqual(pageOf("new"));
    }
  });

  test("a page past its time is stale, and past its end it is gone", async () => {
    const [one, other] = two();
    await store(one, "/lamp", "old", { revalidate: 0.05, expire: 31_536_000 });
    await eventually("it is stale", async () => expect(await stateOf(one, "/lamp")).toBe("stale"));
    expect(await stateOf(other, "/lamp")).toBe("fresh");
    await store(one, "/short", "old", { revalidate: 0.05, expire: 0.3 });
    await eventually("it has ended", async () => expect(await stateOf(other, "/short")).toBeUndefined());
  });

  test("a render that somebody asks for removes the old page", async () => {
    const [one, other] = two();
    await store(one, "/lamp", "old");
    expect(await stateOf(other, "/lamp")).toBe("fresh");
    await other.pages.set("/lamp", pageOf("asked for"), { ...PAGE, cacheControl: HOUR });
    expect(await stateOf(one, "/lamp")).toBeUndefined();
  });

  test("a tag that no key may have, a long one, and the name of all entries", async () => {
    const [one, other] = two();
    for (const tag of ["{a}\u0001", "ü".repeat(200), "*", "a b=c\t"]) {
      await one.pages.get("k", FETCH);
      await one.pages.set("k", fetchOf("a"), { fetchCache: true, tags: [tag] });
      expect(await other.pages.get("k", { ...FETCH, tags: [tag] })).not.toBeNull();
      await other.pages.revalidateTag(tag);
      expect(await one.pages.get("k", { ...FETCH, tags: [tag] })).toBeNull();
      one.next.close();
    }
    expect(one.errors).toEqual([]);
  });
});

describe("fetches", () => {
  test("a hit, a stale tag, and a revalidated path of the reader", async () => {
    const [one, other] = two();
    const context = { ...FETCH, tags: ["lamp"], softTags: ["_N_T_/lamp"] };
    expect(await one.pages.get("k", context)).toBeNull();
    await one.pages.set("k", fetchOf("old"), { fetchCache: true, tags: ["lamp"] });
    expect((await other.pages.get("k", context))?.value).toEqual(fetchOf("old"));
    await one.pages.revalidateTag("lamp", { expire: 31_536_000 });
    const stale = await other.pages.get("k", context);
    const age = performance.timeOrigin + performance.now() - (stale?.lastModified ?? 0);
    expect(age).toBeGreaterThan(3_600_000);
    await other.pages.set("k", fetchOf("new"), { fetchCache: true, tags: ["lamp"] });
    await one.pages.revalidateTag("_N_T_/lamp");
    expect((await other.pages.get("k", { ...context, softTags: ["_N_T_/table"] }))?.value).toEqual(
      fetchOf("new"),
    );
    expect(await other.pages.get("k", context)).toBeNull();
  });

  test("an entry without a tag of its reader is made anew", async () => {
    const [one] = two();
    await one.pages.get("k", FETCH);
    await one.pages.set("k", fetchOf("old"), { fetchCache: true, tags: ["lamp"] });
    expect(await one.pages.get("k", { ...FETCH, tags: ["lamp", "table"] })).toBeNull();
  });

  test("a source that fails costs waiters one wait", async () => {
    const [one, other] = two({ waitMs: 1_000, loadTimeoutMs: 60_000 });
    expect(await one.pages.get("k", FETCH)).toBeNull();
    const startedAt = performance.now();
    for (let call = 0; call < 20; call++) expect(await other.pages.get("k", FETCH)).toBeNull();
    // Twenty waits would take twenty seconds.
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    await one.pages.set("k", fetchOf("at last"), { fetchCache: true });
    expect(await other.pages.get("k", FETCH)).not.toBeNull();
  });

  test("a render without a result gives its lease back in time", async () => {
    const [one, other] = two({ waitMs: 10_000, loadTimeoutMs: 100 });
    expect(await one.pages.get("k", FETCH)).toBeNull();
    expect(await other.pages.get("k", FETCH)).toBeNull();
    await other.pages.set("k", fetchOf("by the other"), { fetchCache: true });
    expect((await one.pages.get("k", FETCH))?.value).toEqual(fetchOf("by the other"));
  });
});
