import { setImmediate as turn } from "node:timers/promises";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createRunOnce } from "../../src/idempotency/run.js";
import { UnavailableError } from "../../src/index.js";
import { acme, fresh, scriptsWith } from "../support/idempotency/requests.js";
import { deferred } from "../support/wait.js";

describe("an answer after the end of its lease", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test("starts no work, and the caller gets another run's reply", async () => {
    const key = fresh();
    let runs = 0;
    let begins = 0;
    const slow = createRunOnce(
      scriptsWith({
        begin: async (attempt) => {
          const begun = await acme.scripts.idempotency.begin(attempt);
          if (begins++ === 0) await acme.idempotency.run(key, 1, () => `run ${++runs}`, { waitMs: 10_000 });
          return begun;
        },
      }),
    );
    expect(await slow(key, 1, () => `run ${++runs}`, { leaseMs: 1_000 })).toBe("run 1");
    expect({ runs, begins }).toEqual({ runs: 1, begins: 2 });
  });

  test("ends with UNAVAILABLE and a free request if all answers are late", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    let runs = 0;
    const done: string[] = [];
    const late = createRunOnce(
      scriptsWith({
        begin: async () => {
          vi.advanceTimersByTime(1_000);
          done.push("begin");
          return { outcome: "run", fence: 7, leaseEndsMs: 8e12, repeated: false };
        },
        fail: async ({ fence }) => {
          done.push(`fail ${fence}`);
          return { outcome: "released" };
        },
      }),
    );
    await expect(late(fresh(), 1, () => ++runs, { leaseMs: 1_000 })).rejects.toBeInstanceOf(UnavailableError);
    expect({ runs, done }).toEqual({ runs: 0, done: ["begin", "fail 7", "begin", "fail 7"] });
  });
});

test("a request that a late copy of an earlier call has begun is renewed before its work starts", async () => {
  const key = fresh();
  const sent: string[] = [];
  const { begin, renew } = acme.scripts.idempotency;
  const repeated = createRunOnce(
    scriptsWith({
      begin: async (attempt) => {
        await begin(attempt);
        return begin(attempt);
      },
      renew: (lease, options) => {
        sent.push("renew");
        return renew(lease, options);
      },
    }),
  );
  const run = () => {
    sent.push("work");
    return "done";
  };
  expect(await repeated(key, 1, run)).toBe("done");
  expect(sent).toEqual(["renew", "work"]);
});

test("an abort while a request begins gives it back", async () => {
  const key = fresh();
  const abort = new AbortController();
  const aborted = createRunOnce(
    scriptsWith({
      begin: async (attempt) => {
        const begun = await acme.scripts.idempotency.begin(attempt);
        abort.abort();
        return begun;
      },
    }),
  );
  const work = vi.fn();
  await expect(aborted(key, 1, work, { signal: abort.signal })).rejects.toMatchObject({ code: "ABORTED" });
  expect(work).not.toHaveBeenCalled();
  expect(await acme.idempotency.run(key, 1, () => "next", { waitMs: 0 })).toBe("next");
});

describe("a request that is given back", () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  /**
   * A tenant whose renewals and fails are told of, and answered when the test
   * says so.
   */
  function told() {
    const renewing = deferred("a renewal is sent");
    const [renewed, failing, failed] = [
      deferred("the test answers the renewal"),
      deferred("`fail` is sent"),
      deferred("the test answers `fail`"),
    ];
    const sent: string[] = [];
    const runOnce = createRunOnce({
      begin: async () => {
        sent.push("begin");
        return { outcome: "run", fence: 7, leaseEndsMs: 8e12, repeated: false };
      },
      renew: async () => {
        sent.push("renew");
        renewing.resolve();
        await renewed.promise;
        return { outcome: "renewed", leaseEndsMs: 8e12 + 1 };
      },
      complete: async () => ({ outcome: "completed" }),
      fail: async () => {
        sent.push("fail");
        failing.resolve();
        await failed.promise;
        return { outcome: "released" };
      },
    });
    return { runOnce, renewing, renewed, failing, failed, sent };
  }

  test("gets no later renewal", async () => {
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
    const { runOnce, failing, failed, sent } = told();
    const work = runOnce(fresh(), 1, () => Promise.reject(new Error("no")));
    const refused = expect(work).rejects.toThrow("no");
    await failing.promise;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(sent).toEqual(["begin", "fail"]);
    failed.resolve();
    await refused;
  });

  test("waits for a renewal in flight", async () => {
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
    const { runOnce, renewing, renewed, failed, sent } = told();
    const work = runOnce(fresh(), 1, async () => {
      await vi.advanceTimersByTimeAsync(10_001);
      await renewing.promise;
      throw new Error("no");
    });
    const refused = expect(work).rejects.toThrow("no");
    await renewing.promise;
    await turn();
    expect(sent).toEqual(["begin", "renew"]);
    renewed.resolve();
    failed.resolve();
    await refused;
    expect(sent).toEqual(["begin", "renew", "fail"]);
  });
});
