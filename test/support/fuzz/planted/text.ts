import fc from "fast-check";
import { hasTexts } from "../../../../tools/fuzz/support/json.js";
import { defineTarget, type Target } from "../../../../tools/fuzz/target.js";

interface Input {
  readonly text: string;
}

/** A target over short texts, for the tests of the harness. */
export function overTexts(attempt: (text: string) => Promise<void>): Target {
  return defineTarget<Input>({
    inputs: fc.record({ text: fc.string({ unit: fc.constantFrom("a", "b", "x"), maxLength: 8 }) }),
    isInput: (value): value is Input => hasTexts(value, "text"),
    open: async () => ({ attempt: ({ text }) => attempt(text), close: async () => undefined }),
  });
}
