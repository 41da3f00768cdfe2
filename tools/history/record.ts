import { setTimeout as pause } from "node:timers/promises";
import { MoonpathError } from "../../src/index.js";
import type { Call, Operation } from "./call.js";

/** Who makes calls, one after another. */
export interface Recorder {
  readonly name: string;
  /** How often the client sent the last call. */
  attempts(): number;
}

/** The errors after which a call may have taken effect, and may do so later. */
const UNKNOWN = new Set(["OUTCOME_UNKNOWN", "NOT_REPLICATED"]);
/** The errors that promise that nothing was written. */
const NOTHING = new Set(["UNAVAILABLE", "READ_ONLY", "DEADLINE"]);

/** Clients wait for servers that fail. Many calls without a reply make the check slow. */
const AFTER_ERROR_MS = 150;

let requests = 0;

/**
 * Makes a call and adds it to the history. `operation` returns it with its reply, or without. Without
 * a reply, it makes the same call again, as the docs advise. Resolves with the reply, or with
 * undefined if none came at last. An error that a caller must not see is thrown.
 */
export async function record<Op extends Operation, Reply extends object>(
  history: Call<Op>[],
  recorder: Recorder,
  send: () => Promise<Reply>,
  operation: (reply: Reply | undefined) => Op,
  repetitions = 3,
): Promise<Reply | undefined> {
  const beganMs = Date.now();
  const client = recorder.name;
  const attemptsOf = requests++;
  const addCopies = (count: number) => {
    for (let copy = 0; copy < count; copy++) {
      history.push({ client, operation: operation(undefined), beganMs, endedMs: Infinity, attemptsOf });
    }
  };
  try {
    const reply = await send();
    const endedMs = Date.now();
    // The reply is that of the last attempt. The others may have run too.
    addCopies(recorder.attempts() - 1);
    history.push({ client, operation: operation(reply), beganMs, endedMs, attemptsOf });
    return reply;
  } catch (error) {
    if (!(error instanceof MoonpathError)) throw error;
    if (UNKNOWN.has(error.code)) addCopies(recorder.attempts());
    else if (!NOTHING.has(error.code)) throw error;
    await pause(AFTER_ERROR_MS);
    return repetitions > 0 ? record(history, recorder, send, operation, repetitions - 1) : undefined;
  }
}
