import type { Problem } from "../parse/problem.js";
import { type Checked, violation } from "./input.js";

/** Numbers keep their digits when they are put into text. */
export function checkNumbers({ facts }: Checked): readonly Problem[] {
  return [...facts.recorder.numbersInText.values()].map(({ range, number, by }) => {
    const what = number.whole ? "may have more than 14 digits" : "may have a fraction";
    return violation("number/concat", range, `the number ${what}, but \`${by}\` rounds it to 14`);
  });
}
