import { expect, test } from "vitest";
import { cached } from "../../src/index.js";
import { openMoonpath } from "../support/cache/kit.js";
import { eventually } from "../support/wait.js";

const base = { freshMs: 60_000, cacheTimeoutMs: 10_000, earlyRefresh: 0 };

test("results are cached by their arguments, and invalidated by them", async () => {
  const moonpath = await openMoonpath();
  const calls: unknown[][] = [];
  const rate = cached(moonpath, { ...base, name: "rate" }, async (from: string, to?: string) => {
    calls.push([from, to]);
    return calls.length;
  });
  expect(await rate("EUR", "USD")).toBe(1);
  await eventually("it is stored", async () => {
    const before = calls.length;
    await rate("EUR", "USD");
    expect(calls.length).toBe(before);
  });
  const known = calls.length;
  expect(await rate("EUR")).toBe(known + 1);
  // Not the same arguments, though they look alike.
  expect(await rate('EUR","USD')).toBe(known + 2);
  expect(await rate("EUR", "undefined")).toBe(known + 3);
  expect(await rate.invalidate(["EUR", "USD"])).toBe("done");
  expect(await rate("EUR", "USD")).toBe(known + 4);
});

test("callers at the same time share a call, tenants do not, and tags invalidate", async () => {
  const moonpath = await openMoonpath();
  let calls = 0;
  const plan = cached(
    moonpath,
    {
      ...base,
      name: "plan",
      tenant: ({ tenant }) => tenant,
      key: ({ id }) => id,
      tags: ({ id }) => [`plan:${id}`],
    },
    async (_of: { readonly tenant: string; readonly id: string }) => ++calls,
  );
  const of = (tenant: string) => plan({ tenant, id: "gold" });
  expect(await Promise.all([of("acme"), of("acme"), of("acme")])).toEqual([1, 1, 1]);
  expect(await of("other")).toBe(2);
  await moonpath.tenant("acme").cache.invalidateTags(["plan:gold"]);
  expect(await of("acme")).toBe(3);
});

test("wrong options and arguments are refused", async () => {
  const moonpath = await openMoonpath();
  expect(() => cached(moonpath, { ...base, name: "a:b" }, async () => 1)).toThrow("name");
  // @ts-expect-error a caller in plain JavaScript
  expect(() => cached(moonpath, { ...base, name: "a" })).toThrow("load");
  // @ts-expect-error: an object does not name an entry
  const byObject = cached(moonpath, { ...base, name: "b" }, async (_of: { id: string }) => 1);
  await expect(byObject({ id: "1" })).rejects.toThrow("key");
  // @ts-expect-error: JSON does not keep a Date
  cached(moonpath, { ...base, name: "c" }, async (_of: string) => new Date(0));
});
