import type { Problem } from "../parse/problem.js";
import { breach, type Checked } from "./input.js";

/** Numbers keep their digits when they are put into text. */
export function checkNumbers({ facts }: Checked): readonly Problem[] {
  return [...facts.recorder.numbersInText.values()].map(({ spot, number, by }) => {
    const what = number.whole ? "may have more than 14 digits" : "may have a fraction";
    return breach("number/concat", spot, `the number ${what}, and \`${by}\` rounds it to 14`);
  });
}
