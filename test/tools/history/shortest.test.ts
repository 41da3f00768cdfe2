import { expect, test } from "vitest";
import type { Call } from "../../../tools/history/call.js";
import { check } from "../../../tools/history/check.js";
import { printed } from "../../../tools/history/print.js";
import { shortest } from "../../../tools/history/shortest.js";
import { type RegisterOperation, read, register, write } from "../../support/history/objects.js";

/** A hundred calls in a row. The read of 41 after that of 42 is wrong. */
function history(): Call<RegisterOperation>[] {
  const calls = Array.from({ length: 50 }, (_, index) => [
    write("writer", index, 20 * index, 20 * index + 9),
    read("reader", index, 20 * index + 10, 20 * index + 19),
  ]).flat();
  return [...calls, read("late", 41, 852, 853)];
}

test("the shortest history of an offence has the calls that contradict each other, and no more", () => {
  expect(check(register, history()).kind).toBe("refused");
  const offence = shortest(register, history());
  expect(offence.calls.map(({ operation }) => operation)).toEqual([
    { name: "write", args: { value: 42 }, reply: { done: true } },
    { name: "read", args: {}, reply: { value: 41 } },
  ]);
  // Later calls are cut off.
  expect(Math.max(...offence.others.map(({ beganMs }) => beganMs))).toBeLessThanOrEqual(853);
});

test("it is printed for people", () => {
  expect(printed("register r", shortest(register, history()))).toBe(
    [
      "No order of these 2 calls explains their replies. Object: register r.",
      "  0 to 9 ms        writer: write value=42 -> done=true",
      "  12 to 13 ms      late: read  -> value=41",
      "The longest order ends after 1 of them, in the state:",
      "  42",
      "Other calls of that time, which do not explain it either:",
      "  10 to 19 ms      reader: read  -> value=42",
    ].join("\n"),
  );
});
