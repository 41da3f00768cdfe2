import { describe, expect, test } from "vitest";
import type { LimitEnterReply } from "../../../src/index.js";
import type { Call } from "../../../tools/history/call.js";
import { check } from "../../../tools/history/check.js";
import { type PermitOperation, permitModel } from "../../../tools/history/models/permits.js";

/** A time by Redis's clock, in milliseconds. */
const T = 1_800_000_000_000;
const LEASE_MS = 100;
const MAX_PERMITS = 2;

interface Options {
  readonly leaseMs?: number;
  readonly waits?: boolean;
}

function calling(owner: string, timeMs: number, operation: PermitOperation): Call<PermitOperation> {
  const endedMs = operation.reply ? T + timeMs + 5 : Infinity;
  return { client: owner, operation, beganMs: T + timeMs, endedMs };
}

function enter(
  owner: string,
  timeMs: number,
  reply: LimitEnterReply | undefined,
  { leaseMs = LEASE_MS, waits }: Options = {},
): Call<PermitOperation> {
  const args = { name: "door", owner, maxPermits: MAX_PERMITS, leaseMs, ...(waits ? { waits } : {}) };
  return calling(owner, timeMs, { name: "enter", args, reply });
}

const fenceAt = (timeMs: number) => (T + timeMs) * 1_000;

/** A grant at this time. */
function entered(
  owner: string,
  permit: number,
  timeMs: number,
  options: Options = {},
): Call<PermitOperation> {
  const { leaseMs = LEASE_MS } = options;
  const grant = { permit, fence: fenceAt(timeMs), leaseEndsMs: T + timeMs + leaseMs };
  return enter(owner, timeMs, { outcome: "entered", ...grant, repeated: false }, options);
}

/** The reply of a grant at an earlier time. */
function again(owner: string, permit: number, timeMs: number, firstMs: number): Call<PermitOperation> {
  const grant = { permit, fence: fenceAt(firstMs), leaseEndsMs: T + firstMs + LEASE_MS };
  return enter(owner, timeMs, { outcome: "entered", ...grant, repeated: true });
}

const full = (owner: string, timeMs: number, retryAfterMs: number, options?: Options) =>
  enter(owner, timeMs, { outcome: "full", retryAfterMs }, options);
const ended = (owner: string, timeMs: number, options?: Options) =>
  enter(owner, timeMs, { outcome: "ended" }, options);
const lost = (owner: string, timeMs: number, options?: Options) => enter(owner, timeMs, undefined, options);

function leave(
  owner: string,
  timeMs: number,
  outcome: "left" | "lost" | undefined,
  fence?: number,
): Call<PermitOperation> {
  const args = { name: "door", owner, ...(fence === undefined ? {} : { fence }) };
  return calling(owner, timeMs, { name: "leave", args, reply: outcome && { outcome } });
}

function renew(
  owner: string,
  timeMs: number,
  grantedMs: number,
  endsMs: number,
  reply: "lost" | { readonly outcome: "renewed" | "stale"; readonly endsMs: number },
): Call<PermitOperation> {
  const fence = fenceAt(grantedMs);
  const args = { name: "door", owner, fence, leaseEndsMs: T + endsMs, leaseMs: LEASE_MS };
  const told =
    reply === "lost" ? { outcome: reply } : { outcome: reply.outcome, leaseEndsMs: T + reply.endsMs };
  return calling(owner, timeMs, { name: "renew", args, reply: told });
}

/** Two owners have all permits. */
const both = [entered("a", 0, 0), entered("b", 1, 10)];

describe("permits", () => {
  const histories = {
    "as many owners as permits": [...both, full("c", 20, 80)],
    "another owner after the first lease": [...both, entered("c", 0, 100), full("d", 101, 9)],
    "the permit whose lease has ended first": [
      entered("a", 0, 0, { leaseMs: 300 }),
      entered("b", 1, 10),
      leave("a", 20, "left"),
      entered("c", 0, 30, { leaseMs: 200 }),
      entered("d", 1, 300),
    ],
    "a permit that was left before one that has expired": [
      ...both,
      leave("b", 20, "left"),
      entered("c", 1, 120),
      entered("d", 0, 130),
    ],
    "the same owner again": [...both, again("a", 0, 20, 0), ended("a", 120)],
    "a late copy after its owner has left": [...both, leave("a", 20, "left", fenceAt(0)), ended("a", 30)],
    "a leave after the lease, and a permit that counts as left": [
      ...both,
      leave("b", 120, "lost", fenceAt(10)),
      entered("c", 1, 130),
    ],
    "an owner that gives up": [leave("a", 0, "lost"), ended("a", 10)],
    "an owner that was told full, and then ends": [
      ...both,
      full("c", 20, 80),
      full("c", 30, 70),
      leave("a", 40, "left"),
      ended("c", 50),
    ],
    "an owner that waits and enters": [
      ...both,
      full("c", 20, 80, { waits: true }),
      leave("a", 40, "left"),
      entered("c", 0, 50, { waits: true }),
    ],
    "a lease that is renewed": [
      ...both,
      renew("a", 50, 0, 100, { outcome: "renewed", endsMs: 150 }),
      renew("a", 60, 0, 100, { outcome: "stale", endsMs: 150 }),
      full("c", 70, 40),
      entered("d", 1, 110),
      full("e", 120, 30),
    ],
    "a renewal that comes too late, and a permit that counts as left": [
      ...both,
      renew("b", 115, 10, 110, "lost"),
      entered("c", 1, 120),
    ],
    "a renewal by an owner that has none": [renew("a", 0, 0, 100, "lost")],
    "an owner without a reply that others meet": [
      lost("a", 0),
      entered("b", 1, 10),
      full("c", 20, 81),
      entered("d", 0, 105),
    ],
    "an owner without a reply that did not enter": [lost("a", 0), entered("b", 0, 10)],
    "an owner without a reply whose permit a copy tells": [
      lost("a", 0),
      again("a", 0, 40, 3),
      entered("b", 1, 50),
      full("c", 60, 43),
    ],
    "an owner without a reply that leaves": [lost("a", 0), entered("b", 1, 10), leave("a", 20, "left")],
    "a leave without a reply": [...both, leave("a", 20, undefined), entered("c", 0, 40)],
    "owners without a reply that have all permits": [lost("a", 0), lost("b", 0), full("c", 20, 90)],
  };
  test.each(Object.entries(histories))("may have %s", (_, history) => {
    expect(check(permitModel, history).kind).toBe("linearizable");
  });

  const offences = {
    "one owner too many": [...both, entered("c", 2, 20)],
    "two owners of a permit": [...both, entered("c", 0, 20)],
    "a grant one millisecond before the end of a lease": [...both, entered("c", 0, 99)],
    "two permits of one owner": [entered("a", 0, 0), entered("a", 1, 20)],
    "a second grant to an owner that has left": [
      entered("a", 0, 0),
      leave("a", 10, "left"),
      entered("a", 0, 30),
    ],
    "a grant after giving up": [leave("a", 0, "lost"), entered("a", 0, 10)],
    "a grant after full, without waiting": [
      ...both,
      full("c", 20, 80),
      leave("a", 40, "left"),
      entered("c", 0, 50),
    ],
    "full while a permit is free": [entered("a", 0, 0), full("b", 20, 80)],
    "full after an owner has left": [...both, leave("a", 20, "left"), full("c", 40, 70)],
    "full until another end than that of the first lease": [...both, full("c", 20, 90)],
    "a higher number than the next one": [entered("a", 1, 0)],
    "a number that was not left": [...both, leave("b", 20, "left"), entered("c", 0, 120)],
    "a number whose lease ended later": [...both, entered("c", 1, 120)],
    "a fence that does not rise": [
      entered("a", 0, 0),
      leave("a", 20, "left"),
      enter("b", 30, {
        outcome: "entered",
        permit: 0,
        fence: fenceAt(0),
        leaseEndsMs: T + 130,
        repeated: false,
      }),
    ],
    "another permit of the same owner": [...both, again("a", 1, 20, 0)],
    "a repeated grant of no earlier call": [again("a", 0, 20, 0)],
    "a repeated grant after the lease": [...both, again("a", 0, 108, 0)],
    "ended while the owner has the permit": [...both, ended("a", 20)],
    "ended for a new owner": [ended("a", 0)],
    "a permit left by another owner": [...both, leave("c", 20, "left")],
    "a permit left after its lease": [...both, leave("a", 108, "left")],
    "a permit lost in the middle of its lease": [...both, leave("a", 20, "lost")],
    "a renewal that is lost in the middle of the lease": [...both, renew("a", 20, 0, 100, "lost")],
    "a renewal after the lease": [...both, renew("a", 108, 0, 100, { outcome: "renewed", endsMs: 208 })],
    "a second renewal of the same end": [
      ...both,
      renew("a", 50, 0, 100, { outcome: "renewed", endsMs: 150 }),
      renew("a", 60, 0, 100, { outcome: "renewed", endsMs: 160 }),
    ],
    "a stale renewal with the newest end": [
      ...both,
      renew("a", 50, 0, 100, { outcome: "stale", endsMs: 100 }),
    ],
    "an owner without a reply that enters twice": [
      lost("a", 0),
      entered("b", 1, 5, { leaseMs: 400 }),
      full("c", 10, 93),
      full("d", 150, 50),
    ],
    "an owner without a reply that entered before it began": [
      entered("b", 0, 0),
      full("c", 10, 90),
      lost("a", 20),
    ],
  };
  test.each(Object.entries(offences))("never have %s", (_, history) => {
    expect(check(permitModel, history).kind).toBe("refused");
  });
});
