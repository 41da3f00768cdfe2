import { describe, expect, test } from "vitest";
import type { Call } from "../../../tools/history/call.js";
import { check } from "../../../tools/history/check.js";
import { type LockOperation, lockModel } from "../../../tools/history/models/lock.js";
import { type StockOperation, stockModel } from "../../../tools/history/models/stock.js";

/** A time by Redis's clock, in milliseconds. */
const T = 1_800_000_000_000;

function acquired(owner: string, beganMs: number, grantedMs: number, leaseMs: number): Call<LockOperation> {
  const reply = {
    outcome: "acquired",
    fence: (T + grantedMs) * 1_000,
    leaseEndsMs: T + grantedMs + leaseMs,
    repeated: false,
  } as const;
  const operation = { name: "acquire", args: { lock: "door", owner, leaseMs }, reply } as const;
  return { client: owner, operation, beganMs: T + beganMs, endedMs: T + grantedMs + 5 };
}

function lost(call: Call<LockOperation>): Call<LockOperation> {
  return { ...call, operation: { ...call.operation, reply: undefined }, endedMs: Infinity };
}

function busy(owner: string, holder: string, timeMs: number, retryAfterMs: number): Call<LockOperation> {
  const args = { lock: "door", owner, leaseMs: 100 };
  const reply = { outcome: "busy", holder, retryAfterMs } as const;
  return {
    client: owner,
    operation: { name: "acquire", args, reply },
    beganMs: T + timeMs,
    endedMs: T + timeMs + 5,
  };
}

function ended(owner: string, timeMs: number): Call<LockOperation> {
  const args = { lock: "door", owner, leaseMs: 100 };
  const operation = { name: "acquire", args, reply: { outcome: "ended" } } as const;
  return { client: owner, operation, beganMs: T + timeMs, endedMs: T + timeMs + 5 };
}

function released(owner: string, outcome: "released" | "lost", timeMs: number): Call<LockOperation> {
  const operation = { name: "release", args: { lock: "door", owner }, reply: { outcome } } as const;
  return { client: owner, operation, beganMs: T + timeMs, endedMs: T + timeMs + 5 };
}

describe("a lock", () => {
  const first = acquired("a", 0, 2, 100);
  const kinds = {
    "another owner after the lease": [first, acquired("b", 100, 102, 100)],
    "another owner after a release": [first, released("a", "released", 20), acquired("b", 26, 30, 100)],
    "the rest of a lease that no reply told": [
      lost(first),
      busy("b", "a", 50, 52),
      acquired("c", 100, 102, 9),
    ],
    "a late copy of the owner's call": [first, released("a", "released", 20), ended("a", 40)],
    "a release after the lease": [first, released("a", "lost", 120)],
  };
  test.each(Object.entries(kinds))("allows %s", (_, history) => {
    expect(check(lockModel, history).kind).toBe("linearizable");
  });

  const offences = {
    "two holders at a time": [first, acquired("b", 50, 60, 100)],
    "a grant one millisecond too early": [acquired("a", 0, 20, 100), acquired("b", 90, 119, 100)],
    "a release by another owner": [first, released("b", "released", 20)],
    "a holder that nobody was": [busy("b", "a", 50, 52)],
    "another rest of the lease": [first, busy("b", "a", 50, 90)],
    "a fence that does not rise": [
      first,
      released("a", "released", 20),
      { ...acquired("b", 26, 30, 100), operation: first.operation },
    ],
    "a lost lock in the middle of its lease": [first, released("a", "lost", 20)],
    "a second grant to the same owner": [first, released("a", "released", 20), acquired("a", 26, 30, 100)],
  };
  test.each(Object.entries(offences))("never has %s", (_, history) => {
    expect(check(lockModel, history).kind).toBe("refused");
  });
});

describe("a stock", () => {
  const REMEMBER_MS = 600_000;
  const sold = (
    operation: string,
    total: number,
    repeated: boolean,
    timeMs: number,
  ): Call<StockOperation> => ({
    client: operation,
    operation: {
      name: "adjust",
      args: { product: "lamp", operation, change: -1, backorder: false, low: 0, rememberMs: REMEMBER_MS },
      reply: {
        outcome: "adjusted",
        repeated,
        total,
        available: total,
        statusBefore: "in_stock",
        status: "in_stock",
      },
    },
    beganMs: T + timeMs,
    endedMs: T + timeMs + 5,
  });
  /** The replies tell no status of a product that is not watched. */
  const unwatched = { statusBefore: undefined, status: undefined };
  const unanswered = (call: Call<StockOperation>): Call<StockOperation> => ({
    ...call,
    operation: { ...call.operation, reply: undefined },
    endedMs: Infinity,
  });
  const reserved = (reservation: string, available: number, timeMs: number): Call<StockOperation> => ({
    client: reservation,
    operation: {
      name: "reserve",
      args: {
        product: "lamp",
        operation: reservation,
        reservation,
        units: 2,
        leaseMs: 50,
        rememberMs: REMEMBER_MS,
      },
      reply: {
        outcome: "reserved",
        available,
        leaseEndsMs: T + timeMs + 50,
        repeated: undefined,
        ...unwatched,
      },
    },
    beganMs: T + timeMs - 2,
    endedMs: T + timeMs + 5,
  });
  /** The same calls, each on backorder. */
  const backordered = (calls: readonly Call<StockOperation>[]): readonly Call<StockOperation>[] =>
    calls.map((call) =>
      call.operation.name === "reserve"
        ? { ...call, operation: { ...call.operation, args: { ...call.operation.args, backorder: true } } }
        : call,
    );
  const ending = (
    name: "commit" | "release",
    reply: { outcome: "committed"; total: number; available: number } | { outcome: "expired" },
    timeMs: number,
  ): Call<StockOperation> => {
    const args = { product: "lamp", operation: `${name}-1`, reservation: "cart", rememberMs: REMEMBER_MS };
    const times = { client: "c", beganMs: T + timeMs, endedMs: T + timeMs + 5 };
    if (name === "commit") return { ...times, operation: { name, args, reply: { ...reply, ...unwatched } } };
    return { ...times, operation: { name, args, reply: { outcome: "expired", ...unwatched } } };
  };
  const retaking = (
    reply:
      | { outcome: "committed"; total: number; available: number }
      | { outcome: "shortfall"; missing: number },
    timeMs: number,
  ): Call<StockOperation> => ({
    client: "c",
    operation: {
      name: "commit",
      args: {
        product: "lamp",
        operation: "pay",
        reservation: "cart",
        retake: true,
        rememberMs: REMEMBER_MS,
      },
      reply: { ...reply, ...unwatched },
    },
    beganMs: T + timeMs,
    endedMs: T + timeMs + 5,
  });
  const model = stockModel(5);

  test("remembers the answer of an operation", () => {
    expect(check(model, [sold("a", 4, false, 0), sold("a", 4, true, 10)]).kind).toBe("linearizable");
    expect(check(model, [sold("a", 4, false, 0), sold("a", 3, false, 10)]).kind).toBe("refused");
    expect(check(model, [sold("a", 4, true, 0)]).kind).toBe("refused");
  });

  test("may apply a sale without a reply at any later time, once", () => {
    const late = unanswered(sold("late", 0, false, 0));
    const after = [sold("a", 4, false, 10), sold("b", 2, false, 20)];
    expect(check(model, [late, ...after]).kind).toBe("linearizable");
    expect(check(model, [late, ...after, sold("c", 0, false, 30)]).kind).toBe("refused");
  });

  test("holds units until the end of the lease, and no longer", () => {
    const other = reserved("other", 1, 20);
    expect(check(model, [reserved("cart", 3, 0), other]).kind).toBe("linearizable");
    // The lease of the cart is over, so its units are free again.
    expect(check(model, [reserved("cart", 3, 0), reserved("other", 3, 60)]).kind).toBe("linearizable");
    expect(check(model, [reserved("cart", 3, 0), reserved("other", 3, 30)]).kind).toBe("refused");
    expect(check(model, [reserved("cart", 3, 0), reserved("other", 1, 60)]).kind).toBe("refused");
  });

  test("sells an expired reservation with units of other leases that are over", () => {
    const two = [reserved("cart", 1, 0), reserved("other", -1, 20)];
    const three = stockModel(3);
    const history = (call: Call<StockOperation>) => check(three, [...backordered(two), call]).kind;
    const sale = { outcome: "committed", total: 1, available: 1 } as const;
    expect(history(retaking(sale, 80))).toBe("linearizable");
    expect(history(retaking(sale, 60))).toBe("refused");
    expect(history(retaking({ outcome: "shortfall", missing: 1 }, 60))).toBe("linearizable");
    expect(history(retaking({ outcome: "shortfall", missing: 1 }, 80))).toBe("refused");
  });

  test("lets a second reserve without a reply close the reservation after its lease", () => {
    const read = (available: number, timeMs: number): Call<StockOperation> => ({
      client: "reader",
      operation: {
        name: "read",
        args: { product: "lamp", low: 0 },
        reply: { outcome: "known", total: 5, status: "in_stock", available },
      },
      beganMs: T + timeMs,
      endedMs: T + timeMs + 5,
    });
    const lost = (timeMs: number) => unanswered(reserved("cart", 3, timeMs));
    expect(check(model, [lost(2), read(3, 30), lost(62), read(5, 80)]).kind).toBe("linearizable");
    expect(check(model, [lost(2), read(3, 30), read(5, 80)]).kind).toBe("refused");
  });

  test("remembers that a reservation had expired when it was asked for again, also after its sale", () => {
    const copy = (outcome: "expired" | "already_committed", timeMs: number): Call<StockOperation> => {
      const { operation, ...times } = reserved("cart", 3, timeMs);
      if (operation.name !== "reserve") throw new Error("not a reserve");
      const reply = { outcome, repeated: undefined, ...unwatched };
      return { ...times, operation: { ...operation, reply } };
    };
    const sale = retaking({ outcome: "committed", total: 3, available: 3 }, 80);
    const history = (...calls: readonly Call<StockOperation>[]) =>
      check(model, [reserved("cart", 3, 0), ...calls]).kind;
    expect(history(copy("expired", 60), sale, copy("expired", 100))).toBe("linearizable");
    expect(history(copy("expired", 60), sale, copy("already_committed", 100))).toBe("refused");
    expect(history(sale, copy("already_committed", 100))).toBe("linearizable");
    expect(history(sale, copy("expired", 100))).toBe("refused");
  });

  test("sells a reservation only while its lease runs", () => {
    const commit = (timeMs: number) =>
      ending("commit", { outcome: "committed", total: 3, available: 3 }, timeMs);
    expect(check(model, [reserved("cart", 3, 0), commit(20)]).kind).toBe("linearizable");
    expect(check(model, [reserved("cart", 3, 0), commit(60)]).kind).toBe("refused");
    const expired = ending("release", { outcome: "expired" }, 60);
    expect(check(model, [reserved("cart", 3, 0), expired]).kind).toBe("linearizable");
  });
});
