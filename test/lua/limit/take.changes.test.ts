import { describe, expect, test } from "vitest";
import { keys } from "../../../src/index.js";
import { limitsAtClock, startMs } from "../../support/limit/at-clock.js";

const { redis, scope, limit, at } = limitsAtClock();
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

describe("limits that change", () => {
  test("a higher quota keeps what was taken, as a part of the period", async () => {
    await at("higher", 0);
    await allowed("higher", 5);
    await at("higher", 400);
    const ten = { quota: 10, periodMs: 1_000, burst: 10 };
    expect(await limit.peek({ name: "higher", limits: [ten], cost: 1 })).toMatchObject({ remaining: 4 });
  });

  test("a time further ahead than a whole burst counts as an empty limit", async () => {
    await at("smaller", 0);
    await allowed("smaller", 4, [{ quota: 1, periodMs: 1_000, burst: 4 }]);
    const answer = await take("smaller", [{ quota: 1, periodMs: 1_000, burst: 2 }]);
    expect(answer).toMatchObject({ outcome: "refused", retryAfterMs: 1_000, resetAfterMs: 2_000 });
  });

  test("after a clock that goes back, a limit refuses no longer than until it is full", async () => {
    await at("back", 3_600_000);
    await allowed("back", 5);
    await at("back", 0);
    expect(await take("back")).toMatchObject({ outcome: "refused", retryAfterMs: 200, resetAfterMs: 1_000 });
    expect(await stored("back")).toBe(`1000:${startMs * 1_000 + 1_000_000};`);
    expect(await redis.pexpiretime(keys.rateLimit(scope, "back"))).toBe(startMs + 1_000);
    await at("back", 199);
    expect(await take("back")).toMatchObject({ outcome: "refused", retryAfterMs: 1 });
    await at("back", 200);
    expect(await allowed("back", 3)).toBe(1);
  });

  test("after a clock that goes back, peek answers as take would, from the first refusal on", async () => {
    await at("peeked", 3_600_000);
    await allowed("peeked", 5);
    const peek = () => limit.peek({ name: "peeked", limits: [five], cost: 1 });
    for (const ms of [0, 200]) {
      await at("peeked", ms);
      expect(await peek()).toMatchObject({ outcome: "refused", retryAfterMs: 200, resetAfterMs: 1_000 });
    }
    expect(await take("peeked")).toMatchObject({ outcome: "refused", retryAfterMs: 200 });
    await at("peeked", 300);
    expect(await peek()).toMatchObject({ outcome: "refused", retryAfterMs: 100, resetAfterMs: 900 });
  });

  test("a refusal with a smaller burst stores an empty limit, so it ends after one interval", async () => {
    const large = { quota: 5, periodMs: 1_000, burst: 25 };
    const hourly = { quota: 60, periodMs: 3_600_000, burst: 60 };
    await at("shrunk", 0);
    expect(await take("shrunk", [large, hourly], 25)).toMatchObject({ outcome: "allowed" });
    const wait = { quota: 1, periodMs: 60_000, burst: 1 };
    await take("shrunk", [wait]);
    const us = startMs * 1_000;
    expect(await stored("shrunk")).toBe(
      `60000:${us + 60_000_000};1000:${us + 5_000_000};3600000:${us + 1_500_000_000};`,
    );
    const before = await redis.pexpiretime(keys.rateLimit(scope, "shrunk"));
    expect(await take("shrunk")).toMatchObject({ outcome: "refused", retryAfterMs: 200 });
    // The limits that the call does not name stay.
    expect((await stored("shrunk"))?.split(";").filter(Boolean).toSorted()).toEqual(
      [`1000:${us + 1_000_000}`, `3600000:${us + 1_500_000_000}`, `60000:${us + 60_000_000}`].toSorted(),
    );
    expect(await redis.pexpiretime(keys.rateLimit(scope, "shrunk"))).toBe(before);
    await at("shrunk", 200);
    expect(await allowed("shrunk", 2)).toBe(1);
  });

  test("a refusal of several limits lowers each that is too far ahead, and takes from none", async () => {
    const ten = { quota: 10, periodMs: 5_000, burst: 10 };
    await at("lowered", 3_600_000);
    await take("lowered", [five], 5);
    await at("lowered", 0);
    await take("lowered", [ten], 4);
    expect(await take("lowered", [five, ten])).toMatchObject({ outcome: "refused", periodMs: 1_000 });
    const us = startMs * 1_000;
    expect(await stored("lowered")).toBe(`1000:${us + 1_000_000};5000:${us + 2_000_000};`);
  });

  test("a copy of a refused call changes nothing that is stored", async () => {
    await at("copied", 0);
    await allowed("copied", 5);
    expect(await take("copied", [five], 1, "late")).toMatchObject({ outcome: "refused" });
    const before = await stored("copied");
    await at("copied", -3_600_000);
    expect(await take("copied", [five], 1, "late")).toMatchObject({ outcome: "refused", repeated: true });
    expect(await stored("copied")).toBe(before);
  });

  test("after a clock that goes ahead, a limit is full", async () => {
    await at("ahead", 0);
    await allowed("ahead", 5);
    await at("ahead", 3_600_000);
    expect(await allowed("ahead", 9)).toBe(5);
  });
});
