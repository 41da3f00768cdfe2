import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Call } from "../../../tools/history/call.js";
import { check } from "../../../tools/history/check.js";
import {
  add,
  type CounterOperation,
  counter,
  lostWrite,
  read,
  register,
  write,
} from "../../support/history/objects.js";

describe("a register", () => {
  test("reads the old or the new value while a write runs", () => {
    const during = (value: number) => [write("a", 1, 0, 10), read("b", value, 2, 4), read("b", 1, 12, 14)];
    expect(check(register, during(0)).kind).toBe("linearizable");
    expect(check(register, during(1)).kind).toBe("linearizable");
    expect(check(register, during(2)).kind).toBe("refused");
  });

  test("never reads the old value after the new one", () => {
    const history = [write("a", 1, 0, 10), read("b", 1, 1, 3), read("c", 0, 4, 6)];
    expect(check(register, history).kind).toBe("refused");
  });

  test("never reads the old value after the write has ended", () => {
    expect(check(register, [write("a", 1, 0, 3), read("b", 0, 4, 6)]).kind).toBe("refused");
    expect(check(register, [write("a", 1, 0, 4), read("b", 0, 4, 6)]).kind).toBe("linearizable");
  });

  test("may get a write without a reply at any later time, once, or never", () => {
    const late = [lostWrite("a", 1, 0), write("b", 2, 5, 6), read("c", 2, 7, 8)];
    expect(check(register, late).kind).toBe("linearizable");
    expect(check(register, [...late, read("c", 1, 9, 10)]).kind).toBe("linearizable");
    const twice = [...late, read("c", 1, 9, 10), write("b", 3, 11, 12), read("c", 1, 13, 14)];
    expect(check(register, twice).kind).toBe("refused");
    expect(check(register, [read("c", 1, 0, 1), lostWrite("a", 1, 2)]).kind).toBe("refused");
  });

  test("may get each copy of a request", () => {
    const copies = [0, 1].map(() => ({ ...lostWrite("a", 1, 0), attemptsOf: 7 }));
    const twice = [read("c", 1, 1, 2), write("b", 2, 3, 4), read("c", 1, 5, 6)];
    expect(check(register, [...copies, ...twice]).kind).toBe("linearizable");
    expect(check(register, [...copies.slice(1), ...twice]).kind).toBe("refused");
  });

  test("gets a forgotten write between its times", () => {
    const forgotten = { ...lostWrite("a", 1, 0), endedMs: 3 };
    expect(check(register, [forgotten, read("b", 1, 5, 6)]).kind).toBe("linearizable");
    expect(check(register, [forgotten, read("b", 0, 4, 5), read("b", 1, 6, 7)]).kind).toBe("refused");
  });
});

describe("a counter", () => {
  /** A sequential run whose calls then last longer, into each other. */
  const runs = fc.array(
    fc.record({ early: fc.integer({ min: 0, max: 60 }), late: fc.integer({ min: 0, max: 60 }) }),
    { minLength: 1, maxLength: 60 },
  );
  const historyOf = (run: readonly { readonly early: number; readonly late: number }[]) =>
    run.map(({ early, late }, index) => add(`c${index}`, index + 1, 10 * index - early, 10 * index + late));

  test("accepts a sequential run, whatever its overlaps", () => {
    fc.assert(
      fc.property(runs, (run) => {
        expect(check(counter, historyOf(run).toReversed()).kind).toBe("linearizable");
      }),
    );
  });

  test("refuses it with one reply changed", () => {
    fc.assert(
      fc.property(runs, fc.nat(), (run, at) => {
        const changed = historyOf(run).map((call, index) =>
          index === at % run.length ? { ...call, operation: { ...call.operation, reply: { sum: 0 } } } : call,
        );
        expect(check(counter, changed).kind).toBe("refused");
      }),
    );
  });

  test("refuses two calls with the same sum", () => {
    expect(check(counter, [add("a", 1, 0, 5), add("b", 1, 0, 5)]).kind).toBe("refused");
  });
});

describe("the budget", () => {
  /** Thirty concurrent calls, none of which returns 12: the search meets all their sets. */
  const hard: Call<CounterOperation>[] = Array.from({ length: 60 }, (_, index) =>
    add(`c${index}`, index === 59 ? 70 : undefined, 0, 10),
  );

  test("ends a search that is too long, as undecided", () => {
    const spread = hard.map((call, index) => (index === 59 ? call : { ...call, endedMs: 5 + index }));
    const verdict = check(counter, spread, 1_000);
    expect(verdict.kind).toBe("undecided");
    expect(verdict.steps).toBeLessThan(3_000);
  });

  test("suffices where the cache of sets and states ends the search", () => {
    // Copies are alike, so their sets are few.
    const copies = hard.map((call, index) => (index === 59 ? call : { ...call, attemptsOf: 1 }));
    const verdict = check(counter, copies);
    expect(verdict.kind).toBe("refused");
    expect(verdict.steps).toBeLessThan(10_000);
  });
});
