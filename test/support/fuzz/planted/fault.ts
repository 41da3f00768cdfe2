import { Violation } from "../../../../tools/fuzz/target.js";
import { overTexts } from "./text.js";

export const target = overTexts(async (text) => {
  if (text.includes("x")) throw new Violation("holds an x");
});
