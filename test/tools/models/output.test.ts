import { describe, expect, test } from "vitest";
import { foundIn, stepsIn } from "../../../tools/models/output.js";

const COMPLETE = "State-vector 20 byte, depth reached 9, errors: 0\n       49 states, stored\n";

describe("what a search has found", () => {
  test("a complete search holds", () => {
    expect(foundIn(COMPLETE, "assertion")).toEqual({ outcome: "holds", states: 49, message: undefined });
  });

  test.each(["error: max search depth too small", "pan: out of memory", "pan: reached -DMEMLIM bound"])(
    "a search that ended with '%s' is incomplete",
    (line) => expect(foundIn(`${line}\n${COMPLETE}`, "assertion").outcome).toBe("incomplete"),
  );

  test("a search that was killed is incomplete", () => {
    expect(foundIn("Depth= 12 States= 1e+06\n", "assertion").outcome).toBe("incomplete");
  });

  test.each([
    ["assertion", "assertion violated (value>=after) (at depth 9)", "fails"],
    ["assertion", "invalid end state (at depth 9)", "error"],
    ["cycle", "non-progress cycle (at depth 9)", "fails"],
    ["cycle", "assertion violated 0 (at depth 9)", "error"],
  ] as const)("a search for an %s that found '%s'", (finds, message, outcome) => {
    const output = `pan:1: ${message}\nerrors: 1\n 7 states, stored\n`;
    expect(foundIn(output, finds)).toEqual({ outcome, states: 7, message });
  });
});

test("the steps are the messages of the model, with the names of the processes", () => {
  const output = [
    "  1:\tproc  2 (Loader:1) model.pml:94 (state 3)\t[loaded = source]",
    "              process 2 loads 1",
    "  <<<<<START OF CYCLE>>>>>",
    "          the lease ends",
    "spin: trail ends after 3 steps",
    "\t\tsource = 1",
  ].join("\n");
  expect(stepsIn(output)).toEqual(["Loader 2 loads 1", "from here on, again and again:", "the lease ends"]);
});
