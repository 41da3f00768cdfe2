import { setTimeout as pause } from "node:timers/promises";

/** The time limit in milliseconds for servers to agree on a state. */
const LIMIT_MS = 20_000;

/** Repeats a check until it returns true. An error of the check counts as false. */
export async function waitUntil(condition: () => Promise<boolean>, what: string): Promise<void> {
  const until = performance.now() + LIMIT_MS;
  while (performance.now() < until) {
    if (await condition().catch(() => false)) return;
    await pause(20);
  }
  throw new Error(`waited ${LIMIT_MS} ms for ${what}`);
}
