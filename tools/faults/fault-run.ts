import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A full run, or a quick one of the same kind for the test suite. */
export type Scale = "full" | "quick";

/** What a fault run works with. */
export interface FaultRun {
  readonly scale: Scale;
  /** The server program of the engine under test; absent: whatever is on the PATH. */
  readonly binary: string | undefined;
  /** The number for this scale. */
  size(of: { readonly full: number; readonly quick: number }): number;
  /** A name that nothing else uses. */
  name(): string;
  /** Shows how far the run is. */
  progress(text: string): void;
  /** Stops what was started, latest first, when the run is over. Returns the same thing. */
  onClose<Thing>(thing: Thing, stop: (thing: Thing) => unknown): Thing;
  /** Ends the run with this error: something that it needs has failed beside it. */
  fail(error: Error): void;
  /** Aborts when the run is given up: at Ctrl-C, or when it has used up its time. */
  readonly signal: AbortSignal;
}

/** A worker of a fault run: a process of its own, which can be killed. */
export interface Worker {
  readonly process: ChildProcess;
  /** Its process id. */
  readonly pid: number;
  /** Sends it a message; what it means is the worker's and the run's affair. */
  send(message: unknown): void;
  /** Resolves with the next message from it. Rejects when it ends first. */
  receive(): Promise<unknown>;
  /** Resolves when it has ended, with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Sends a signal. Default SIGKILL. */
  kill(signal?: NodeJS.Signals): void;
}

/**
 * Starts `tools/faults/workers/<name>.ts` as a process of its own, with its task as JSON in its
 * environment.
 */
export function startWorker(run: FaultRun, name: string, task: unknown): Worker {
  const file = fileURLToPath(new URL(`workers/${name}.ts`, import.meta.url));
  const child = fork(file, [], {
    execArgv: ["--import", "tsx"],
    env: { ...process.env, MOONPATH_TASK: JSON.stringify(task) },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const heard: unknown[] = [];
  const waiting: { resolve(message: unknown): void; reject(error: Error): void }[] = [];
  child.on("message", (message) => {
    const next = waiting.shift();
    if (next) next.resolve(message);
    else heard.push(message);
  });
  const ended = once(child, "exit").then(([code, signal]: unknown[]) => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`the worker ${name} has ended`));
    // A worker that was killed has no exit code; one that failed has.
    if (typeof code === "number" && code !== 0) run.fail(new Error(`the worker ${name} failed with ${code}`));
    return typeof code === "number" ? code : signalNamed(signal);
  });
  const worker: Worker = {
    process: child,
    pid: child.pid ?? 0,
    send: (message) => void (child.connected && child.send(toSend(message))),
    receive: () => {
      if (heard.length > 0) return Promise.resolve(heard.shift());
      if (!child.connected) return Promise.reject(new Error(`the worker ${name} has ended`));
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    ended,
    kill: (signal = "SIGKILL") => void child.kill(signal),
  };
  return run.onClose(worker, async () => {
    child.kill("SIGKILL");
    child.kill("SIGCONT");
    await ended;
  });
}

function toSend(message: unknown): string {
  return JSON.stringify(message);
}

function signalNamed(signal: unknown): NodeJS.Signals {
  return signal === "SIGTERM" || signal === "SIGINT" ? signal : "SIGKILL";
}
