import { type ChildProcess, spawn } from "node:child_process";
import { bundleOf } from "./bundle.js";
import { within } from "./wait.js";

/** The demo alone writes its summary after 7 s, and other tests run beside it. */
const WRITES_MS = 60_000;

/** How a run of a program ended. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** A run that goes on. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /**
   * The output from `offset` on, once it contains `text`. Rejects if the program ends without it, or
   * does not write it within the limit of `within`.
   */
  waitFor(text: string | RegExp, offset?: number): Promise<string>;
  /** How much has been written so far, for `waitFor`. */
  length(): number;
}

/** How a program is started. */
export interface StartOptions {
  /** Default: the folder of this process. */
  readonly cwd?: string;
  /** Replaces variables of this process; undefined removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The program is killed after this time. Default: 30 s. */
  readonly limitMs?: number;
}

/** Starts a TypeScript program of this repository, bundled, in a process of its own. */
export async function startProgram(
  source: string,
  args: readonly string[] = [],
  options: StartOptions = {},
): Promise<Running> {
  return start(process.execPath, [await bundleOf(source), ...args], options);
}

/** Runs a TypeScript program of this repository to its end. */
export async function runProgram(
  source: string,
  args: readonly string[] = [],
  options: StartOptions = {},
): Promise<Ended> {
  return (await startProgram(source, args, options)).ended;
}

/** Runs any program to its end. */
export function run(command: string, args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return start(command, args, options).ended;
}

/** Starts any program. */
export function start(command: string, args: readonly string[], options: StartOptions = {}): Running {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), options.limitMs ?? 30_000);
  let output = "";
  let errors = "";
  const watchers = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    output += piece;
    for (const look of watchers) look();
  });
  child.stderr.setEncoding("utf8").on("data", (piece: string) => {
    errors += piece;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => {
      clearTimeout(timer);
      resolve({ status, output, errors });
    });
  });
  const waitFor = (text: string | RegExp, offset = 0) =>
    within(`the program writes ${text}`, wait(text, offset), WRITES_MS);
  const wait = (text: string | RegExp, offset: number) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const part = output.slice(offset);
        if (typeof text === "string" ? !part.includes(text) : !text.test(part)) return;
        watchers.delete(look);
        resolve(part);
      };
      watchers.add(look);
      ended.then(() => reject(new Error(`The program ended without ${text}:\n${output}${errors}`)), reject);
      look();
    });
  return { child, ended, waitFor, length: () => output.length };
}
