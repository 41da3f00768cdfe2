import { describe, expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { limitsAtClock, startMs } from "../../support/limit/at-clock.js";
import { failure } from "../../support/lua/errors.js";
import { freshTenant } from "../../support/lua/tenants.js";

const { redis, scope, limit, reset, at } = limitsAtClock();
const rememberMs = 60_000;
const five = { quota: 5, periodMs: 1_000, burst: 5 };
let operations = 0;

const take = (name: string, limits = [five], cost = 1, operation = `o${++operations}`) =>
  limit.take({ name, operation, limits, cost, rememberMs });
const stored = (name: string) => redis.get(keys.rateLimit(scope, name));

/** How many of `calls` takes are allowed. */
async function allowed(name: string, calls: number, limits = [five]): Promise<number> {
  let count = 0;
  for (let call = 0; call < calls; call++) if ((await take(name, limits)).outcome === "allowed") count++;
  return count;
}

describe("one limit", () => {
  test("gives its burst at once, then one unit each interval", async () => {
    await at("steady", 0);
    expect(await allowed("steady", 9)).toBe(5);
    await at("steady", 199);
    expect(await take("steady")).toMatchObject({ outcome: "refused", retryAfterMs: 1, resetAfterMs: 801 });
    await at("steady", 200);
    expect(await allowed("steady", 3)).toBe(1);
    await at("steady", 10_000);
    expect(await allowed("steady", 9)).toBe(5);
  });

  test("rounds its interval up, so it never gives more than its quota", async () => {
    const three = { quota: 3, periodMs: 1_000, burst: 3 };
    await at("thirds", 0);
    expect(await allowed("thirds", 4, [three])).toBe(3);
    await at("thirds", 333);
    expect(await take("thirds", [three])).toMatchObject({ outcome: "refused", retryAfterMs: 1 });
    await at("thirds", 334);
    expect(await allowed("thirds", 2, [three])).toBe(1);
    expect(await stored("thirds")).toBe(`1000:${startMs * 1_000 + 4 * 333_334};`);
  });

  test.each([
    { title: "the highest quota is exact", quota: 10_000, fullAfterMs: 1_000 },
    { title: "rounding lowers a quota by at most 1 %", quota: 9_999, fullAfterMs: 1_010 },
  ])("$title", async ({ title, quota, fullAfterMs }) => {
    const high = { quota, periodMs: 1_000, burst: quota };
    await at(title, 0);
    expect(await take(title, [high], quota)).toMatchObject({ remaining: 0, resetAfterMs: fullAfterMs });
    expect(await limit.peek({ name: title, limits: [high], cost: 1 })).toMatchObject({ outcome: "refused" });
  });

  test("a burst above the quota, and a cost of several units", async () => {
    const slow = { quota: 1, periodMs: 1_000, burst: 4 };
    await at("burst", 0);
    expect(await take("burst", [slow], 3)).toMatchObject({
      outcome: "allowed",
      remaining: 1,
      resetAfterMs: 3_000,
    });
    expect(await take("burst", [slow], 2)).toMatchObject({
      outcome: "refused",
      remaining: 1,
      retryAfterMs: 1_000,
    });
    expect(await take("burst", [slow], 5)).toEqual({ outcome: "too_large", periodMs: 1_000 });
    expect(await take("burst", [slow], 1)).toMatchObject({ outcome: "allowed", remaining: 0 });
  });

  test("its key ends when the whole burst is free again", async () => {
    await at("ttl", 0);
    await take("ttl", [{ quota: 3, periodMs: 1_000, burst: 3 }]);
    expect(await redis.pexpiretime(keys.rateLimit(scope, "ttl"))).toBe(startMs + 334);
  });
});

describe("several limits", () => {
  const daily = { quota: 7, periodMs: 86_400_000, burst: 7 };

  test("a refusal of one takes nothing from the others", async () => {
    await at("both", 0);
    expect(await allowed("both", 9, [five, daily])).toBe(5);
    await at("both", 1_000);
    expect(await allowed("both", 9, [five, daily])).toBe(2);
    expect(await take("both", [five, daily])).toMatchObject({ outcome: "refused", periodMs: daily.periodMs });
    expect(await limit.peek({ name: "both", limits: [five], cost: 1 })).toMatchObject({ remaining: 3 });
  });

  test("the one with the longest wait decides, else the one with the fewest units left", async () => {
    const hourly = { quota: 3, periodMs: 3_600_000, burst: 3 };
    const pair = [{ ...five, burst: 3 }, hourly];
    await at("decides", 0);
    // Both have the same units left: the first decides.
    expect(await take("decides", pair)).toMatchObject({ periodMs: five.periodMs, remaining: 2 });
    await at("decides", 200);
    expect(await take("decides", pair)).toMatchObject({ periodMs: hourly.periodMs, remaining: 1 });
    expect(await take("decides", pair, 3)).toMatchObject({ outcome: "refused", periodMs: hourly.periodMs });
  });

  test("a limit that a call does not name stays until it is full again", async () => {
    await at("other", 0);
    await take("other", [daily]);
    await take("other", [five]);
    expect((await stored("other"))?.split(";")).toHaveLength(3);
    expect(await redis.pexpiretime(keys.rateLimit(scope, "other"))).toBe(startMs + Math.ceil(86_400_000 / 7));
    await at("other", 200);
    await take("other", [daily]);
    expect((await stored("other"))?.split(";")).toHaveLength(2);
  });

  test("a name has at most 8 of them", async () => {
    const eight = Array.from({ length: 8 }, (_, index) => ({ ...five, periodMs: 1_000 + index }));
    await at("eight", 0);
    expect(await take("eight", eight)).toMatchObject({ outcome: "allowed" });
    const error = await failure(take("eight", [{ ...five, periodMs: 2_000 }]));
    expect(error.message).toContain("at most 8 limits");
    await at("eight", 10_000);
    expect(await take("eight", [{ ...five, periodMs: 2_000 }])).toMatchObject({ outcome: "allowed" });
  });
});

describe("a call with wrong limits is an error, and nothing is written", () => {
  test.each([
    { title: "none", limits: [], says: "at least one" },
    { title: "the longer first", limits: [{ ...five, periodMs: 2_000 }, five], says: "shortest period" },
    { title: "a period twice", limits: [five, five], says: "each period once" },
    {
      title: "more than 10 units a millisecond",
      limits: [{ quota: 10_001, periodMs: 1_000, burst: 5 }],
      says: "at most 10 units a millisecond",
    },
    {
      title: "full after 366 days",
      limits: [{ quota: 1, periodMs: 31_622_400_000, burst: 2 }],
      says: "within 366 days",
    },
  ])("$title", async ({ title, limits, says }) => {
    await at(title, 0);
    const error = await failure(take(title, limits, 1, "wrong"));
    expect([error.code, error.message]).toEqual(["ARGUMENT", expect.stringContaining(says)]);
    expect(await stored(title)).toBeNull();
    expect(await redis.exists(keys.limitOperation(scope, title, "wrong"))).toBe(0);
  });

  test("a limit that is full after exactly 366 days is valid", async () => {
    await at("year", 0);
    const year = { quota: 1, periodMs: 31_622_400_000, burst: 1 };
    expect(await take("year", [year])).toMatchObject({ outcome: "allowed", resetAfterMs: year.periodMs });
  });
});

describe("an operation that arrives again", () => {
  test("takes nothing, and has its first outcome with the numbers of now", async () => {
    await at("again", 0);
    expect(await take("again", [five], 5, "first")).toMatchObject({ remaining: 0, repeated: false });
    const before = await stored("again");
    await at("again", 400);
    expect(await take("again", [five], 5, "first")).toEqual({
      outcome: "allowed",
      periodMs: 1_000,
      remaining: 2,
      retryAfterMs: 0,
      resetAfterMs: 600,
      repeated: true,
    });
    expect(await stored("again")).toBe(before);
  });

  test("stays refused, also when the limit has units again", async () => {
    await at("refused", 0);
    await allowed("refused", 5);
    expect(await take("refused", [five], 2, "late")).toMatchObject({ outcome: "refused", retryAfterMs: 400 });
    await at("refused", 200);
    expect(await take("refused", [five], 2, "late")).toMatchObject({ outcome: "refused", retryAfterMs: 200 });
    await at("refused", 5_000);
    expect(await take("refused", [five], 2, "late")).toMatchObject({
      outcome: "refused",
      retryAfterMs: 0,
      remaining: 5,
      repeated: true,
    });
  });

  test("with another cost is a mismatch; with other limits it has its first outcome", async () => {
    await at("mismatch", 0);
    await take("mismatch", [five], 2, "o");
    expect(await take("mismatch", [five], 1, "o")).toEqual({ outcome: "mismatch" });
    const other = [{ quota: 1, periodMs: 60_000, burst: 2 }];
    expect(await take("mismatch", other, 2, "o")).toMatchObject({ outcome: "allowed", repeated: true });
    expect((await stored("mismatch"))?.split(";")).toHaveLength(2);
  });

  test("is found before its cost is compared with a burst that has become smaller", async () => {
    const [large, small] = [
      { ...five, burst: 10 },
      { quota: 60, periodMs: 60_000, burst: 60 },
    ];
    await at("shrunk", 0);
    expect(await take("shrunk", [large, small], 9, "o")).toMatchObject({ outcome: "allowed" });
    const before = await stored("shrunk");
    await at("shrunk", 1_000);
    expect(await take("shrunk", [five, small], 9, "o")).toEqual({
      outcome: "allowed",
      periodMs: 1_000,
      remaining: 1,
      retryAfterMs: 0,
      resetAfterMs: 800,
      repeated: true,
    });
    expect(await take("shrunk", [five, small], 8, "o")).toEqual({ outcome: "mismatch" });
    expect(await stored("shrunk")).toBe(before);
    await reset({ name: "shrunk", operation: "r", rememberMs });
    expect(await take("shrunk", [five, small], 8, "r")).toEqual({ outcome: "mismatch" });
  });

  test("was refused, and is too large when no wait helps any more", async () => {
    const large = { ...five, burst: 10 };
    await at("hopeless", 0);
    await take("hopeless", [large], 10);
    expect(await take("hopeless", [large], 9, "o")).toMatchObject({ outcome: "refused" });
    expect(await take("hopeless", [five], 9, "o")).toEqual({ outcome: "too_large", periodMs: 1_000 });
    expect(await take("hopeless", [large], 9, "o")).toMatchObject({ outcome: "refused", repeated: true });
  });

  test("was too large, and takes when the burst has become larger", async () => {
    await at("grown", 0);
    expect(await take("grown", [five], 9, "o")).toEqual({ outcome: "too_large", periodMs: 1_000 });
    expect(await redis.exists(keys.limitOperation(scope, "grown", "o"))).toBe(0);
    expect(await take("grown", [{ ...five, burst: 10 }], 9, "o")).toMatchObject({ outcome: "allowed" });
  });

  test("is remembered for remember_ms, from its first run on", async () => {
    await at("remembered", 0);
    await take("remembered", [five], 1, "o");
    const key = keys.limitOperation(scope, "remembered", "o");
    const left = await redis.pttl(key);
    expect(left).toBeGreaterThan(rememberMs - 10_000);
    await redis.pexpire(key, 30_000);
    await take("remembered", [five], 1, "o");
    expect(await redis.pttl(key)).toBeLessThanOrEqual(30_000);
  });

  test("with a text that no script writes is an error", async () => {
    await at("foreign", 0);
    for (const text of ["allowed", "taken 1", "allowed 1 2", "refused one"]) {
      await redis.set(keys.limitOperation(scope, "foreign", "o"), text);
      const outcome = await take("foreign", [five], 1, "o").then(
        (answer) => answer.outcome,
        (error: { code?: string }) => error.code,
      );
      expect([text, outcome]).toEqual([text, text === "allowed" ? "mismatch" : "CORRUPT"]);
    }
    const error = await failure(take("foreign", [five], 9, "o"));
    expect(error).toMatchObject({ code: "CORRUPT" });
    expect(await stored("foreign")).toBeNull();
  });
});

test("64 callers at once get no more than the burst", async () => {
  const { tenant } = freshTenant();
  const limits = [{ quota: 10, periodMs: 86_400_000, burst: 10 }];
  const answers = await Promise.all(
    Array.from({ length: 64 }, (_, call) =>
      tenant.scripts.limit.take({ name: "race", operation: `o${call}`, limits, cost: 1, rememberMs }),
    ),
  );
  expect(answers.filter(({ outcome }) => outcome === "allowed")).toHaveLength(10);
});
