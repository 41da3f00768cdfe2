import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { withTimeout } from "../../../src/testing/wait.js";
import type { Answer, Load, LoadResult, Order } from "../contestants/contestant.js";

const START_LIMIT_MS = 60_000;
const RUN_LIMIT_MS = 180_000;
const STOP_LIMIT_MS = 10_000;

/** What runs rounds of a load. */
export interface LoadProcess {
  /** Undefined if no process runs between the rounds. */
  readonly pid: number | undefined;
  run(load: Load): Promise<LoadResult>;
  /** Ends the process. A second call does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts a contestant in a process of its own, which also ends if this process ends.
 *
 * @throws Error if it cannot start
 */
export async function startContestant(file: string, contestant: string, url: string): Promise<LoadProcess> {
  // The options of this process would load tsx in the child too.
  const child = fork(file, { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const started = new ContestantProcess(child, contestant);
  try {
    await started.order({ order: "start", contestant, url }, START_LIMIT_MS);
  } catch (error) {
    await started.stop();
    throw error;
  }
  return started;
}

class ContestantProcess implements LoadProcess {
  readonly #child: ChildProcess;
  readonly #name: string;

  constructor(child: ChildProcess, name: string) {
    this.#child = child;
    this.#name = name;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  async run(load: Load): Promise<LoadResult> {
    const answer = await this.order({ order: "run", load }, RUN_LIMIT_MS);
    if (answer.answer !== "ran") throw new Error(`${this.#name} has not run`);
    return answer.result;
  }

  async order(order: Order, limitMs: number): Promise<Answer> {
    const stop = new AbortController();
    const answered: Promise<Answer> = once(this.#child, "message", stop).then(([answer]) => answer);
    const ended = once(this.#child, "exit", stop).then(([code]) => {
      throw new Error(`the process of ${this.#name} ended with ${code}`);
    });
    try {
      this.#child.send(order);
      const answer = await withTimeout(Promise.race([answered, ended]), limitMs, this.#name);
      if (answer.answer === "failed") throw new Error(`${this.#name}: ${answer.message}`);
      return answer;
    } finally {
      stop.abort();
      await Promise.allSettled([answered, ended]);
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await withTimeout(ended, STOP_LIMIT_MS, `the end of ${this.#name}`);
  }
}
