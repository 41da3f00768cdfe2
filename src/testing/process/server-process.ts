import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { TestingError } from "../errors.js";
import { withTimeout } from "../wait.js";
import { registerProcess, unregisterProcess } from "./watchdog.js";

/** Options of a server process. */
export interface ProcessSpec {
  /** The server's name in error messages. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Runs the program as this user, if this process is root. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** The log line of a ready server. */
  readonly ready: RegExp;
  /** The signal for a graceful stop. */
  readonly stopSignal: NodeJS.Signals;
  /** The signal that the watchdog sends after this process has ended. */
  readonly orphanSignal: NodeJS.Signals;
  /** The time limit of the start, in milliseconds. */
  readonly limitMs: number;
  /** Removed from the log, because a server repeats an invalid line of its configuration. */
  readonly secret?: string;
}

/** The log line of a server whose port is in use. */
const PORT_TAKEN = /address already in use|could not create any TCP\/IP sockets|failed listening on port/i;
const MAX_LOG_LINES = 20;
const STOP_TIMEOUT_MS = 5_000;

/** A server process. It is registered with the watchdog while it runs. */
export class ServerProcess {
  readonly #spec: ProcessSpec;
  readonly #log: string[] = [];
  #child: ChildProcess | undefined;

  constructor(spec: ProcessSpec) {
    this.#spec = spec;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The last lines of the server's output, oldest first. */
  get log(): readonly string[] {
    return [...this.#log];
  }

  /** Whether the last start failed because another program used the port. */
  get isPortTaken(): boolean {
    return this.#log.some((line) => PORT_TAKEN.test(line));
  }

  /** Starts the program. Resolves when its log has the ready line. */
  async start(): Promise<void> {
    const { name, program, args, cwd, env, user, orphanSignal, limitMs } = this.#spec;
    this.#log.length = 0;
    const child = spawn(program, args, {
      cwd,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      ...(env ? { env } : {}),
      ...(user ?? {}),
    });
    this.#child = child;
    if (child.pid !== undefined) registerProcess(child.pid, orphanSignal);
    child.unref();
    const ready = this.#waitForReadyLine(child);
    child.once("exit", () => {
      if (child.pid !== undefined) unregisterProcess(child.pid);
      if (this.#child === child) this.#child = undefined;
    });
    try {
      await withTimeout(ready, limitMs, `${name} to start`, () => this.log);
    } catch (error) {
      await this.kill("SIGKILL");
      throw error;
    }
  }

  /** Sends a signal. Resolves when the process has ended, or at once for SIGSTOP and SIGCONT. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const ended = once(child, "exit");
    child.kill(signal);
    if (signal === "SIGSTOP" || signal === "SIGCONT") return;
    child.ref();
    await withTimeout(ended, STOP_TIMEOUT_MS, `${this.#spec.name} to end on ${signal}`, () => this.log);
  }

  /** Stops the process with `stopSignal`, and with SIGKILL after five seconds. */
  async stop(): Promise<void> {
    await this.kill("SIGCONT");
    try {
      await this.kill(this.#spec.stopSignal);
    } catch {
      await this.kill("SIGKILL");
    }
  }

  #waitForReadyLine(child: ChildProcess): Promise<void> {
    const { name, program, ready } = this.#spec;
    return new Promise((resolve, reject) => {
      const fail = (outcome: string, cause?: unknown) =>
        reject(
          new TestingError("TESTING_START_FAILED", `${name} (${program}) ${outcome}.`, {
            log: this.log,
            cause,
          }),
        );
      for (const stream of [child.stdout, child.stderr]) {
        if (stream) this.#read(stream, (line) => ready.test(line) && resolve());
      }
      child.once("error", (error) => fail(`could not be started: ${error.message}`, error));
      child.once("close", (code, signal) =>
        fail(`ended with ${signal ?? `code ${code}`} before it was ready`),
      );
    });
  }

  /** Stores the last lines. The pipe does not keep this process alive. */
  #read(stream: Readable, onLine: (line: string) => void): void {
    const { secret } = this.#spec;
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      const lines = `${rest}${chunk}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        this.#log.push(secret ? line.replaceAll(secret, "…") : line);
        if (this.#log.length > MAX_LOG_LINES) this.#log.shift();
        onLine(line);
      }
    });
    if (stream instanceof Socket) stream.unref();
  }
}
