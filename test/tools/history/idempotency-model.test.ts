import { describe, expect, test } from "vitest";
import type { IdempotencyBeginReply } from "../../../src/index.js";
import type { Call } from "../../../tools/history/call.js";
import { check } from "../../../tools/history/check.js";
import { type RequestOperation, requestModel } from "../../../tools/history/models/idempotency.js";

/** A time by Redis's clock, in milliseconds. */
const T = 1_800_000_000_000;
const LEASE_MS = 100;

interface Options {
  readonly payloadHash?: string;
  readonly waits?: boolean;
}

function begin(
  owner: string,
  timeMs: number,
  reply: IdempotencyBeginReply | undefined,
  { payloadHash = "f00d", waits }: Options = {},
): Call<RequestOperation> {
  const args = { request: "order", owner, payloadHash, leaseMs: LEASE_MS, ...(waits ? { waits } : {}) };
  return {
    client: owner,
    operation: { name: "begin", args, reply },
    beganMs: T + timeMs,
    endedMs: reply ? T + timeMs + 5 : Infinity,
  };
}

const fenceAt = (timeMs: number) => (T + timeMs) * 1_000;

/** A run that begins at this time. */
function run(owner: string, timeMs: number, options: Options = {}): Call<RequestOperation> {
  const reply = { outcome: "run", fence: fenceAt(timeMs), leaseEndsMs: T + timeMs + LEASE_MS } as const;
  return begin(owner, timeMs, { ...reply, repeated: false }, options);
}

function again(owner: string, timeMs: number, firstMs: number): Call<RequestOperation> {
  const reply = { outcome: "run", fence: fenceAt(firstMs), leaseEndsMs: T + firstMs + LEASE_MS } as const;
  return begin(owner, timeMs, { ...reply, repeated: true });
}

function busy(owner: string, timeMs: number, runMs: number, options: Options = {}): Call<RequestOperation> {
  const retryAfterMs = runMs + LEASE_MS - timeMs;
  return begin(owner, timeMs, { outcome: "busy", retryAfterMs, runnerFence: fenceAt(runMs) }, options);
}

const ended = (owner: string, timeMs: number, options?: Options) =>
  begin(owner, timeMs, { outcome: "ended" }, options);
const mismatch = (owner: string, timeMs: number) =>
  begin(owner, timeMs, { outcome: "mismatch" }, { payloadHash: "beef" });
const replay = (owner: string, timeMs: number, reply: string) =>
  begin(owner, timeMs, { outcome: "replay", reply });

function complete(
  owner: string,
  timeMs: number,
  runMs: number,
  outcome: "completed" | "lost",
): Call<RequestOperation> {
  const args = { request: "order", owner, fence: fenceAt(runMs), reply: `by ${owner}`, rememberMs: 600_000 };
  const operation = { name: "complete", args, reply: { outcome } } as const;
  return { client: owner, operation, beganMs: T + timeMs, endedMs: T + timeMs + 5 };
}

function fail(owner: string, timeMs: number, outcome: "released" | "lost"): Call<RequestOperation> {
  const operation = { name: "fail", args: { request: "order", owner }, reply: { outcome } } as const;
  return { client: owner, operation, beganMs: T + timeMs, endedMs: T + timeMs + 5 };
}

describe("a request", () => {
  const allowed = {
    "another runner after the lease": [run("a", 0), run("b", 100)],
    "another runner after a failure": [run("a", 0), fail("a", 20, "released"), run("b", 30)],
    "the same runner again": [run("a", 0), again("a", 20, 0)],
    "a late copy after a failure": [run("a", 0), fail("a", 20, "released"), ended("a", 30)],
    "a late copy after the lease": [run("a", 0), ended("a", 120)],
    "a busy owner that gave up": [run("a", 0), busy("b", 20, 0), fail("b", 30, "lost"), ended("b", 120)],
    "a busy owner that waits and runs": [
      run("a", 0),
      busy("b", 20, 0, { waits: true }),
      fail("a", 30, "released"),
      run("b", 40, { waits: true }),
    ],
    "a mismatch, and ended for an owner that has run": [
      run("a", 0),
      fail("a", 10, "released"),
      run("b", 20, { payloadHash: "beef" }),
      begin("c", 30, { outcome: "mismatch" }),
      ended("a", 40),
    ],
    "a mismatch with the owner's own run": [run("a", 0), mismatch("a", 20)],
    "a reply that is replayed": [
      run("a", 0),
      complete("a", 120, 0, "completed"),
      complete("a", 130, 0, "completed"),
      replay("b", 140, "by a"),
    ],
    "a runner that was taken over": [
      run("a", 0),
      run("b", 100),
      complete("a", 110, 0, "lost"),
      fail("a", 120, "lost"),
      complete("b", 130, 100, "completed"),
    ],
    "a run without a reply, which others see": [
      begin("a", 0, undefined),
      busy("b", 50, 2),
      busy("c", 60, 2),
      ended("a", 110),
      run("d", 120),
    ],
    "a busy owner without a reply, which cannot run": [
      run("a", 0),
      begin("b", 20, undefined),
      ended("b", 120),
    ],
    "a run without a reply that no other reply names": [
      begin("a", 0, undefined, { payloadHash: "beef" }),
      begin("b", 50, { outcome: "mismatch" }),
      run("c", 130, { payloadHash: "beef" }),
    ],
  };
  test.each(Object.entries(allowed))("may have %s", (_, history) => {
    expect(check(requestModel, history).kind).toBe("linearizable");
  });

  const refused = {
    "two runners at a time": [run("a", 0), run("b", 50)],
    "a run one millisecond before the end of a lease": [run("a", 0), run("b", 99)],
    "two runs of one owner": [run("a", 0), fail("a", 20, "released"), run("a", 40)],
    "a second run of a busy owner": [run("a", 0), busy("b", 20, 0), fail("a", 30, "released"), run("b", 40)],
    "a run after giving up": [fail("a", 0, "lost"), run("a", 20)],
    "busy without a runner": [busy("b", 50, 2)],
    "busy by another run": [run("a", 0), busy("b", 50, 20)],
    "busy with another rest of the lease": [
      run("a", 0),
      begin("b", 50, { outcome: "busy", retryAfterMs: 90, runnerFence: fenceAt(0) }),
    ],
    "a release by another owner": [run("a", 0), fail("b", 20, "released")],
    "a failure that is lost while the run lasts": [run("a", 0), fail("a", 20, "lost")],
    "a reply that nobody completed": [run("a", 0), replay("b", 20, "by a")],
    "another reply than the first one": [
      run("a", 0),
      complete("a", 20, 0, "completed"),
      replay("b", 30, "by b"),
    ],
    "a run after completion": [run("a", 0), complete("a", 20, 0, "completed"), run("b", 120)],
    "a completion after a takeover": [run("a", 0), run("b", 100), complete("a", 110, 0, "completed")],
    "a mismatch with the same payload": [
      run("a", 0, { payloadHash: "beef" }),
      mismatch("b", 20),
      ended("a", 120),
    ],
    "a mismatch for an owner that has ended": [
      run("a", 0),
      fail("a", 10, "released"),
      run("b", 20, { payloadHash: "beef" }),
      begin("a", 30, { outcome: "mismatch" }),
    ],
    "fences that do not rise": [
      run("a", 0),
      fail("a", 20, "released"),
      begin("b", 30, { outcome: "run", fence: fenceAt(0), leaseEndsMs: T + 130, repeated: false }),
    ],
    "a run without a reply in two places": [
      begin("a", 0, undefined),
      busy("b", 50, 2),
      run("c", 110),
      fail("c", 120, "released"),
      busy("d", 180, 130),
    ],
  };
  test.each(Object.entries(refused))("never has %s", (_, history) => {
    expect(check(requestModel, history).kind).toBe("refused");
  });
});
