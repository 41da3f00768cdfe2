import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createRunOnce, type RequestScripts } from "../../src/idempotency/run.js";
import {
  CorruptError,
  InProgressError,
  keys,
  LostError,
  PayloadMismatchError,
  RecordedError,
} from "../../src/index.js";
import { acme, fresh, redis, scriptsWith } from "../support/idempotency/requests.js";
import { aborted, deferred } from "../support/wait.js";

test("the work runs once, and each later call gets its reply", async () => {
  const key = fresh();
  let runs = 0;
  const ask = () => acme.idempotency.run(key, { b: 1, a: [2] }, () => ({ receipt: ++runs, at: new Date(0) }));
  const first = await ask();
  expect(first).toEqual({ receipt: 1, at: "1970-01-01T00:00:00.000Z" });
  expect(await ask()).toEqual(first);
  expect(await acme.idempotency.run(key, { a: [2], b: 1 }, () => "another")).toEqual(first);
  expect(runs).toBe(1);
});

test("one of many simultaneous calls runs, and the others wait for its reply", async () => {
  const key = fresh();
  let runs = 0;
  const replies = await Promise.all(
    Array.from({ length: 20 }, () => acme.idempotency.run(key, "same", () => ++runs, { waitMs: 10_000 })),
  );
  expect(replies).toEqual(Array.from({ length: 20 }, () => 1));
});

test("a call during the run fails with IN_PROGRESS and the time until the lease ends", async () => {
  const key = fresh();
  const [started, finish] = [deferred("the work starts"), deferred<string>("the test lets the work finish")];
  const running = acme.idempotency.run(key, 1, () => {
    started.resolve();
    return finish.promise;
  });
  await started.promise;
  const busy = await acme.idempotency.run(key, 1, () => "another").catch((error: unknown) => error);
  expect(busy).toBeInstanceOf(InProgressError);
  expect(busy).toMatchObject({ status: 409, retryAfterMs: expect.any(Number) });
  finish.resolve("done");
  expect(await running).toBe("done");
});

test("a call with the same key and another payload is refused, during the run and afterwards", async () => {
  const key = fresh();
  const [started, finish] = [deferred("the work starts"), deferred("the test lets the work finish")];
  const running = acme.idempotency.run(key, { amount: 1 }, () => {
    started.resolve();
    return finish.promise;
  });
  await started.promise;
  const other = () => acme.idempotency.run(key, { amount: 2 }, () => "no");
  await expect(other()).rejects.toBeInstanceOf(PayloadMismatchError);
  finish.resolve();
  await running;
  await expect(other()).rejects.toMatchObject({ status: 422 });
});

test("work that runs longer than its lease keeps the lease", async () => {
  const key = fresh();
  let others = 0;
  const reply = await acme.idempotency.run(
    key,
    1,
    async () => {
      const end = performance.now() + 2_500;
      while (performance.now() < end) {
        const other = acme.idempotency.run(key, 1, () => ++others, { leaseMs: 1_000 });
        await expect(other).rejects.toBeInstanceOf(InProgressError);
        await pause(20);
      }
      return "kept";
    },
    { leaseMs: 1_000 },
  );
  expect({ reply, others }).toEqual({ reply: "kept", others: 0 });
});

test("a runner that was overtaken gets LostError, and its signal aborts", async () => {
  const key = fresh();
  const work = acme.idempotency.run(
    key,
    1,
    async ({ signal, fence }) => {
      // As if its lease had ended in Redis and another runner had come: by hand, with a higher fence.
      const [name = ""] = await redis.keys(`*${key}}:request`);
      await redis.hset(name, "owner", "other", "fence", fence + 1);
      await aborted(signal);
      return "late";
    },
    { leaseMs: 1_000 },
  );
  await expect(work).rejects.toBeInstanceOf(LostError);
});

describe("an error of the work", () => {
  const failing = (onError: "release" | "record" | "unknown" | undefined) => {
    const key = fresh();
    const error = new TypeError("no such address");
    const fail = acme.idempotency.run(key, 1, () => Promise.reject(error), { onError });
    return { key, error, fail };
  };

  test.each([undefined, "release"] as const)(
    "reaches the caller, and frees the request if onError is %s",
    async (onError) => {
      const { key, error, fail } = failing(onError);
      await expect(fail).rejects.toBe(error);
      expect(await acme.idempotency.run(key, 1, () => "again")).toBe("again");
    },
  );

  test("reaches the caller, and is the result of later calls if onError is record", async () => {
    const { key, error, fail } = failing("record");
    await expect(fail).rejects.toBe(error);
    const later = await acme.idempotency.run(key, 1, () => "again").catch((reason: unknown) => reason);
    expect(later).toBeInstanceOf(RecordedError);
    expect(later).toMatchObject({ message: expect.stringContaining("TypeError: no such address") });
  });

  test("reaches the caller, and blocks the request until its lease ends if onError is unknown", async () => {
    const { key, error, fail } = failing("unknown");
    await expect(fail).rejects.toBe(error);
    await expect(acme.idempotency.run(key, 1, () => "again")).rejects.toBeInstanceOf(InProgressError);
  });
});

test("onError may be a function of the error", async () => {
  const key = fresh();
  const run = (error: Error) =>
    acme.idempotency.run(key, 1, () => Promise.reject(error), {
      onError: (reason) => (reason instanceof RangeError ? "record" : "release"),
    });
  await expect(run(new TypeError("no"))).rejects.toBeInstanceOf(TypeError);
  await expect(run(new RangeError("too much"))).rejects.toBeInstanceOf(RangeError);
  await expect(run(new TypeError("no"))).rejects.toBeInstanceOf(RecordedError);
});

const circle: { own?: unknown } = {};
circle.own = circle;

test.each([
  ["a function", () => 1],
  ["a bigint", 1n],
  ["a circle", circle],
  ["a text over the limit", "x".repeat(2 ** 20)],
])("a result that cannot be stored is recorded as an error (%s)", async (_, result) => {
  const key = fresh();
  let runs = 0;
  const ask = () =>
    acme.idempotency.run<unknown>(key, 1, () => {
      runs++;
      return result;
    });
  await expect(ask()).rejects.toMatchObject({ code: "ARGUMENT", argument: "reply" });
  await expect(ask()).rejects.toBeInstanceOf(RecordedError);
  expect(runs).toBe(1);
});

test("an error with a text over the limit is recorded", async () => {
  const key = fresh();
  const ask = () =>
    acme.idempotency.run(key, 1, () => Promise.reject(new RangeError("\0".repeat(2 ** 20))), {
      onError: "record",
    });
  await expect(ask()).rejects.toBeInstanceOf(RangeError);
  await expect(ask()).rejects.toBeInstanceOf(RecordedError);
});

test("an aborted signal ends the wait", async () => {
  const key = fresh();
  const [started, finish] = [deferred("the work starts"), deferred("the test lets the work finish")];
  const running = acme.idempotency.run(key, 1, () => {
    started.resolve();
    return finish.promise;
  });
  await started.promise;
  const abort = new AbortController();
  const waiting = acme.idempotency.run(key, 1, () => "no", { waitMs: 60_000, signal: abort.signal });
  setImmediate(() => abort.abort());
  await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
  finish.resolve();
  await running;
});

test("a signal that has aborted before the call ends it before the client sends anything", async () => {
  const sent: string[] = [];
  const begin: RequestScripts["begin"] = (...args) => {
    sent.push("begin");
    return acme.scripts.idempotency.begin(...args);
  };
  const run = createRunOnce(scriptsWith({ begin }))(fresh(), 1, () => 1, { signal: AbortSignal.abort() });
  await expect(run).rejects.toMatchObject({ code: "ABORTED" });
  expect(sent).toEqual([]);
});

test.each([
  ["null", "null"],
  ["an error of null", '{"error":null}'],
  ["an error that is a text", '{"error":"secret-Zq7"}'],
  ["an error without a message", '{"error":{"name":"secret-Zq7"}}'],
  ["neither a result nor an error", '{"secret-Zq7":1}'],
  ["a number", "5"],
  ["no JSON", "secret-Zq7"],
])("a stored reply that holds %s is CORRUPT, without its value", async (_, reply) => {
  const key = fresh();
  await acme.idempotency.run(key, 1, () => 1);
  await redis.hset(keys.request(acme.scope, key), "reply", reply);
  const error: unknown = await acme.idempotency.run(key, 1, () => 2).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CorruptError);
  expect(`${error}`).not.toContain("secret-Zq7");
});

test.each([
  ["options", [() => 1, null]],
  ["options", [() => 1, 5]],
  ["work", []],
  ["work", ["no function"]],
  ["signal", [() => 1, { signal: "none" }]],
  ["signal", [() => 1, { signal: null }]],
  ["onError", [() => 1, { onError: "recrod" }]],
])("a wrong argument %s is refused before the client sends anything (%j)", async (argument, rest) => {
  let begins = 0;
  const counted = createRunOnce(
    scriptsWith({
      begin: (attempt) => {
        begins++;
        return acme.scripts.idempotency.begin(attempt);
      },
    }),
  );
  const asked = Reflect.apply(counted, undefined, [fresh(), 1, ...rest]);
  await expect(asked).rejects.toMatchObject({ code: "ARGUMENT", argument });
  expect(begins).toBe(0);
});
