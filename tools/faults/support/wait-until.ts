import { setTimeout as pause } from "node:timers/promises";

/** How long servers may take to agree on something, in milliseconds. */
const LIMIT_MS = 20_000;

/** Asks again and again until it is so; a question that fails counts as "not yet". */
export async function waitUntil(condition: () => Promise<boolean>, what: string): Promise<void> {
  const until = performance.now() + LIMIT_MS;
  while (performance.now() < until) {
    if (await condition().catch(() => false)) return;
    await pause(20);
  }
  throw new Error(`waited ${LIMIT_MS} ms for ${what}`);
}
