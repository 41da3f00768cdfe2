import { describe, expect, test } from "vitest";
import { z } from "zod";
import type { SyncEvent } from "../../src/client/index.js";
import { AbortedError, OutcomeUnknownError } from "../../src/core/errors.js";
import { retryAfterMsOf } from "../../src/core/http/retry-after.js";
import { fullJitterMs } from "../../src/sync/backoff.js";
import {
  CircuitOpenError,
  createSync,
  SyncTimeoutError,
  SyncUnavailableError,
} from "../../src/sync/index.js";
import { thrownBy, unhandledRejections } from "../support/cache/kit.js";
import { closedUrl, OK, type ServiceAnswer, serviceOf, startService } from "../support/sync/service.js";
import { eventually } from "../support/wait.js";

const quick = { retryDelayMs: { firstMs: 1, maxMs: 2 } } as const;
const schema = z.object({ lamp: z.number() });

/** What a sync reports. */
function recorder() {
  const events: SyncEvent[] = [];
  return { events, observers: [{ onSync: (event: SyncEvent) => void events.push(event) }] };
}

describe("the deadline", () => {
  test("ends a call whose attempts hang, and all attempts together take no longer", async () => {
    const service = await startService(() => "silent");
    const sync = createSync({ ...quick, attemptMs: 100, deadlineMs: 250 });
    const startedAt = performance.now();
    const error = await thrownBy(() => sync.json(service.url, { schema }));
    expect(error).toBeInstanceOf(SyncTimeoutError);
    expect(error).toMatchObject({ code: "SYNC_TIMEOUT", status: 504, retryable: true });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  test("ends a body that never ends", async () => {
    const service = await startService(() => ({
      status: 200,
      headers: { "content-length": "1000" },
      body: "{",
    }));
    const error = await thrownBy(() => createSync(quick).json(service.url, { schema, deadlineMs: 100 }));
    expect(error).toBeInstanceOf(SyncTimeoutError);
  });

  test("ends a fetch that ignores its signal, and a schema that never ends", async () => {
    const rejections = unhandledRejections();
    const deaf = createSync({ fetch: () => new Promise(() => undefined) });
    expect(await thrownBy(() => deaf.json("http://127.0.0.1/", { schema, deadlineMs: 50 }))).toBeInstanceOf(
      SyncTimeoutError,
    );
    const { url } = await serviceOf();
    const endless = schema.transform(() => new Promise<never>(() => undefined));
    expect(await thrownBy(() => createSync().json(url, { schema: endless, deadlineMs: 500 }))).toBeInstanceOf(
      SyncTimeoutError,
    );
    expect(rejections).toEqual([]);
  });

  test("a delay that would pass it is not waited for", async () => {
    const service = await startService(() => ({ status: 503, headers: { "retry-after": "3600" } }));
    const sync = createSync(quick);
    for (let call = 0; call < 12; call++) {
      const error = await thrownBy(() => sync.json(service.url, { schema }));
      if (error instanceof CircuitOpenError) continue;
      expect(error).toMatchObject({ code: "SYNC_UNAVAILABLE", attempts: 1, retryAfterMs: 3_600_000 });
    }
  });
});

describe("the signal of the caller", () => {
  test("ends a call that waits for an answer, and one that waits for its next attempt", async () => {
    const service = await serviceOf("silent", { status: 500 });
    const { events, observers } = recorder();
    const sync = createSync({
      observers,
      retryDelayMs: { firstMs: 10_000, maxMs: 10_000 },
      deadlineMs: 60_000,
    });
    const first = new AbortController();
    const hanging = thrownBy(() => sync.json(service.url, { schema, signal: first.signal }));
    await eventually("the service has the request", () => expect(service.requests).toHaveLength(1));
    first.abort();
    expect(await hanging).toBeInstanceOf(AbortedError);
    const second = new AbortController();
    const waiting = thrownBy(() => sync.json(service.url, { schema, signal: second.signal }));
    await eventually("it waits", () => expect(events.at(-1)).toMatchObject({ kind: "retry" }));
    second.abort();
    expect(await waiting).toBeInstanceOf(AbortedError);
    expect(await thrownBy(() => sync.json(service.url, { schema, signal: second.signal }))).toBeInstanceOf(
      AbortedError,
    );
    expect(service.requests).toHaveLength(2);
  });

  test("a write that was sent has an unknown outcome then", async () => {
    const service = await startService(() => "silent");
    const controller = new AbortController();
    const writing = thrownBy(() =>
      createSync().send(service.url, { body: "1", idempotencyKey: "k", signal: controller.signal }),
    );
    await eventually("the service has the request", () => expect(service.requests).toHaveLength(1));
    controller.abort();
    const error = await writing;
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(error instanceof Error && error.cause).toBeInstanceOf(AbortedError);
  });
});

describe("Retry-After", () => {
  const nowMs = Date.UTC(2026, 10, 30, 12, 0, 0);
  test.each([
    ["0", 0],
    ["120", 120_000],
    ["Mon, 30 Nov 2026 12:00:05 GMT", 5_000],
    ["Mon, 30 Nov 2026 11:00:00 GMT", 0],
    ["-1", undefined],
    ["1.5", undefined],
    ["soon", undefined],
    ["99999999999999999999", undefined],
    ["", undefined],
  ])("%j means %s ms", (field, expected) => {
    expect(retryAfterMsOf(field, nowMs)).toBe(expected);
  });

  test.each(["seconds", "a date"])("in %s delays the next attempt", async (form) => {
    const service = await startService((number) => {
      const field = form === "seconds" ? "1" : new Date(Date.now() + 2_000).toUTCString();
      return number === 0 ? { status: 500, headers: { "retry-after": field } } : OK;
    });
    const { events, observers } = recorder();
    await createSync({ ...quick, observers }).json(service.url, { schema });
    const retry = events.find((event) => event.kind === "retry");
    // A date has whole seconds, so at least one of the two is left.
    expect(retry?.kind === "retry" && retry.delayMs).toBeGreaterThan(form === "seconds" ? 999 : 500);
    expect(service.requests).toHaveLength(2);
  });
});

test("the jitter is full: from 0 to the exponential delay", () => {
  const options = { firstMs: 100, maxMs: 5_000 };
  expect([1, 2, 3, 7, 80].map((retry) => fullJitterMs(retry, options, () => 0.999_999))).toEqual([
    100, 200, 400, 5_000, 5_000,
  ]);
  expect([1, 2, 80].map((retry) => fullJitterMs(retry, options, () => 0))).toEqual([0, 0, 0]);
  expect(fullJitterMs(3, { ...options, factor: 10 }, () => 0.5)).toBe(2_500);
});

describe("a write without an idempotency key", () => {
  const unknown: readonly ServiceAnswer[] = [
    { status: 500 },
    { status: 502 },
    { status: 504 },
    "reset",
    "silent",
  ];
  test.each(unknown)("is not repeated after %j, and its outcome is unknown", async (answer) => {
    const service = await serviceOf(answer);
    const error = await thrownBy(() =>
      createSync({ ...quick, attemptMs: 200 }).json(service.url, { schema, body: {} }),
    );
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(service.requests).toHaveLength(1);
  });

  test.each([408, 425])("is repeated after %s, because the service has not run it", async (status) => {
    const service = await serviceOf({ status });
    expect(await createSync(quick).json(service.url, { schema, body: {} })).toEqual({ lamp: 5 });
    expect(service.requests).toHaveLength(2);
  });

  test("is repeated if no connection was made, and its outcome is known", async () => {
    const { events, observers } = recorder();
    const sync = createSync({ ...quick, observers });
    const error = await thrownBy(async () => sync.json(await closedUrl(), { schema, body: {} }));
    expect(error).toBeInstanceOf(SyncUnavailableError);
    expect(events.filter(({ kind }) => kind === "retry")).toHaveLength(3);
  });
});

test("a write with a key ends as unknown if one of its attempts may have run", async () => {
  const refuses = { status: 422 };
  const service = await serviceOf("reset", refuses);
  const sync = createSync(quick);
  const error = await thrownBy(() => sync.send(service.url, { body: "1", idempotencyKey: "k" }));
  expect(error).toBeInstanceOf(OutcomeUnknownError);
  expect(error instanceof Error && error.cause).toMatchObject({ code: "SYNC_REFUSED", httpStatus: 422 });
  const other = await serviceOf(refuses);
  expect(await thrownBy(() => sync.send(other.url, { body: "1", idempotencyKey: "k" }))).toMatchObject({
    code: "SYNC_REFUSED",
  });
});
