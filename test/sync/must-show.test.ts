import { expect, test } from "vitest";
import { z } from "zod";
import { Random } from "../../examples/storefront/random.js";
import { createSync, type Sync } from "../../src/sync/index.js";
import { closedUrl, OK, type ServiceAnswer, startService } from "../support/sync/service.js";

const schema = z.object({ lamp: z.number() });
const quick = { retryDelayMs: { firstMs: 1, maxMs: 4 } } as const;
const CALLS = 1_000;

/** Makes the calls, some at a time, and counts those that fail. */
async function failedCalls(call: () => Promise<unknown>, calls = CALLS, atOnce = 10): Promise<number> {
  let failed = 0;
  let left = calls;
  const work = async () => {
    while (left-- > 0) await call().catch(() => failed++);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return failed;
}

const callOf = (sync: Sync<"default">, url: string) => () => sync.json(url, { schema });

/** A service that fails in 30 % of its answers, by the seed: half of them resets, half of them 500. */
function flakyService(seed: number) {
  const random = new Random(seed);
  return startService((): ServiceAnswer => {
    if (!random.chance(0.3)) return OK;
    return random.chance(0.5) ? "reset" : { status: 500 };
  });
}

test("with 30 % of injected failures, at least 90 % fewer calls fail than without retries", async () => {
  const without = await flakyService(7);
  const failedWithout = await failedCalls(callOf(createSync({ ...quick, maxAttempts: 1 }), without.url));
  const withRetries = await flakyService(7);
  const failed = await failedCalls(callOf(createSync(quick), withRetries.url));
  console.log(
    `of ${CALLS} calls, ${failedWithout} fail without retries and ${failed} with them: ${(100 - (failed / failedWithout) * 100).toFixed(1)} % fewer`,
  );
  expect(failedWithout).toBeGreaterThan(CALLS * 0.25);
  expect(failed).toBeLessThanOrEqual(failedWithout * 0.1);
});

test("a dead host gets at most a tenth of the calls", async () => {
  const service = await startService(() => "reset");
  const failed = await failedCalls(callOf(createSync(quick), service.url));
  console.log(`a host that resets all connections gets ${service.requests.length} of ${CALLS} calls`);
  expect(failed).toBe(CALLS);
  expect(service.requests.length).toBeLessThanOrEqual(CALLS / 10);
});

test("a host without a listener gets at most a tenth of the calls", async () => {
  const url = await closedUrl();
  let sent = 0;
  const sync = createSync({
    ...quick,
    fetch: (input, init) => {
      sent++;
      return fetch(input, init);
    },
  });
  expect(await failedCalls(callOf(sync, url))).toBe(CALLS);
  expect(sent).toBeLessThanOrEqual(CALLS / 10);
});

test("a host that never answers gets at most a tenth of the calls", async () => {
  const service = await startService(() => "silent");
  const sync = createSync({ ...quick, attemptMs: 100, deadlineMs: 500 });
  expect(await failedCalls(callOf(sync, service.url))).toBe(CALLS);
  console.log(`a host that never answers gets ${service.requests.length} of ${CALLS} calls`);
  expect(service.requests.length).toBeLessThanOrEqual(CALLS / 10);
});

/** The answers of an overloaded host. An attempt waits for one longer than a busy machine takes. */
const OVERLOADED: Readonly<
  Record<
    string,
    { answer: (number: number) => ServiceAnswer; attemptMs: number; calls: number; atOnce: number }
  >
> = {
  "429": { answer: () => ({ status: 429 }), attemptMs: 20_000, calls: CALLS, atOnce: 20 },
  "429 with Retry-After: 0": {
    answer: () => ({ status: 429, headers: { "retry-after": "0" } }),
    attemptMs: 20_000,
    calls: CALLS,
    atOnce: 20,
  },
  "503 to half of the requests": {
    answer: (number) => (number % 2 === 0 ? { status: 503 } : OK),
    attemptMs: 20_000,
    calls: CALLS,
    atOnce: 20,
  },
  "503, 500 and resets": {
    answer: (number) => ([{ status: 503 }, { status: 500 }, OK, "reset", OK] as const)[number % 6] ?? OK,
    attemptMs: 20_000,
    calls: CALLS,
    atOnce: 20,
  },
  "no answer to half of the requests": {
    answer: (number) => (number % 2 === 0 ? "silent" : OK),
    attemptMs: 1_000,
    calls: 100,
    atOnce: 10,
  },
};

test.each(Object.entries(OVERLOADED).map(([name, each]) => ({ name, ...each })))(
  "a host that says it is overloaded gets at most a tenth more requests than calls: $name",
  async ({ name, answer, attemptMs, calls, atOnce }) => {
    const service = await startService(answer);
    const sync = createSync({ ...quick, attemptMs, deadlineMs: 60_000 });
    await failedCalls(callOf(sync, service.url), calls, atOnce);
    console.log(`overloaded by ${name}: ${service.requests.length} requests for ${calls} calls`);
    expect(service.requests.length).toBeLessThanOrEqual(calls * 1.1);
    // The breaker stays closed, so the budget is what limits the requests.
    expect(service.requests.length).toBeGreaterThan(calls * 0.9);
  },
  60_000,
);
