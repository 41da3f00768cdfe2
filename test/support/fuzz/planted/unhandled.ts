import { overTexts } from "./text.js";

export const target = overTexts(async (text) => {
  if (!text.includes("x")) return;
  void Promise.reject(new Error("nobody waits for this"));
  await new Promise((resolve) => setImmediate(resolve));
});
