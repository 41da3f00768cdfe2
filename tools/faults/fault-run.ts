import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The size of a run: full, or quick for CI. */
export type Scale = "full" | "quick";

/** The resources of a fault run. */
export interface FaultRun {
  readonly scale: Scale;
  /** The server program under test. Absent: the one on the PATH. */
  readonly binary: string | undefined;
  /** The number for this size. */
  size(of: { readonly full: number; readonly quick: number }): number;
  /** A unique name. */
  name(): string;
  /** Shows the progress of the run. */
  progress(text: string): void;
  /**
   * Registers how to stop something at the end of the run, in reverse order. Returns the same
   * thing.
   */
  onClose<Thing>(thing: Thing, stop: (thing: Thing) => unknown): Thing;
  /** Ends the run with this error, because something that the run needs has failed. */
  fail(error: Error): void;
  /** Aborts on Ctrl-C, and when the run has reached its time limit. */
  readonly signal: AbortSignal;
}

/** A worker of a fault run: a process that the run can kill. */
export interface Worker {
  readonly process: ChildProcess;
  /** The process id. */
  readonly pid: number;
  /** Sends a message. Only the worker and the run know its meaning. */
  send(message: unknown): void;
  /** Resolves with the worker's next message. Rejects if the worker ends first. */
  receive(): Promise<unknown>;
  /** Resolves when the worker has ended, with its exit code or the signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Sends a signal, by default SIGKILL. */
  kill(signal?: NodeJS.Signals): void;
}

/** Starts `tools/faults/workers/<name>.ts` as a process. Its task is JSON in its environment. */
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
    // A killed worker has no exit code. A worker that failed has one.
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
