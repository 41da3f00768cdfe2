import { overTexts } from "./text.js";

export const target = overTexts(async (text) => {
  while (text.includes("x"));
});
