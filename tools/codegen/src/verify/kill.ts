import type { Redis } from "ioredis";

/** A script finishes in milliseconds; one that takes longer blocks every other client. */
export const CALL_LIMIT_MS = 2000;

/** How long a call may still take after Redis refused to stop it. */
const UNKILLABLE_LIMIT_MS = 1000;

/** How long the call may take to reject after SCRIPT KILL: Redis ends the script at its next check. */
const KILLED_LIMIT_MS = 5000;

/** A call that took too long and is over: SCRIPT KILL ended it, or it ended by itself. */
export class SlowCall extends Error {}

/** A call that still runs. The server answers no other command, so that the run cannot go on. */
export class EndlessCall extends Error {}

/**
 * Waits for the call of a script. Sends SCRIPT KILL when the call takes longer than
 * `CALL_LIMIT_MS`. A server answers SCRIPT KILL only after its `busy-reply-threshold`.
 *
 * @throws SlowCall when the call took too long and is over
 * @throws EndlessCall when the call cannot be stopped
 */
export async function withKill<Reply>(admin: Redis, call: Promise<Reply>): Promise<Reply> {
  const settled = Promise.allSettled([call]);
  if (await within(settled, CALL_LIMIT_MS)) return call;
  const refusal = await kill(admin);
  const over = await within(settled, refusal === undefined ? KILLED_LIMIT_MS : UNKILLABLE_LIMIT_MS);
  const slow = `the call took longer than ${CALL_LIMIT_MS} ms`;
  if (over) throw new SlowCall((await wasKilled(settled)) ? `${slow}, and SCRIPT KILL stopped it` : slow);
  throw new EndlessCall(`${slow}, and ${why(refusal)}`);
}

/** Whether SCRIPT KILL ended this call: it stops whichever script runs, also another client's. */
async function wasKilled(settled: Promise<readonly PromiseSettledResult<unknown>[]>): Promise<boolean> {
  const [call] = await settled;
  return call?.status === "rejected" && /killed by user/i.test(String(call.reason));
}

/** Sends SCRIPT KILL. Returns why the server did not stop a script, if so. */
async function kill(admin: Redis): Promise<string | undefined> {
  try {
    await admin.script("KILL");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function why(refusal: string | undefined): string {
  if (refusal === undefined) return "it still runs after SCRIPT KILL";
  if (refusal.startsWith("UNKILLABLE"))
    return "Redis refuses SCRIPT KILL because the script has written. Only SHUTDOWN NOSAVE ends it, and the server loses unsaved data";
  return `SCRIPT KILL fails: ${refusal}. If the server does not answer, wait for its busy-reply-threshold, then send SCRIPT KILL. A script that searches for a pattern ignores SCRIPT KILL; end the server process`;
}

/** Whether a promise that never rejects is settled within a time limit. */
async function within(settled: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  try {
    return (await Promise.race([settled, late])) !== false;
  } finally {
    clearTimeout(timer);
  }
}
