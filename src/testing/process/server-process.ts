import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { TestingError } from "../errors.js";
import { withTimeout } from "../wait.js";
import { registerProcess, unregisterProcess } from "./watchdog.js";

/** How a server's program is run, and how its log is read. */
export interface ProcessSpec {
  /** The server's name in error messages. */
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Runs the program as this user, if this process is root. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** The log line that says that the server answers. */
  readonly ready: RegExp;
  /** The orderly end. */
  readonly stopSignal: NodeJS.Signals;
  /** The end when this process is gone. */
  readonly orphanSignal: NodeJS.Signals;
  /** Time for the start, in milliseconds. */
  readonly limitMs: number;
  /** Left out of the log: a server repeats a line of its configuration that it refuses. */
  readonly secret?: string;
}

/** The log line of a program that found its port taken. */
const clash = /address already in use|could not create any TCP\/IP sockets|failed listening on port/i;
const keptLines = 20;
const stopLimitMs = 5_000;

/** One server process of ours, registered with the watchdog for as long as it lives. */
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

  /** The last lines that the server wrote, oldest first. */
  get log(): readonly string[] {
    return [...this.#log];
  }

  /** Whether the last start failed because another program took the port first. */
  get isPortTaken(): boolean {
    return this.#log.some((line) => clash.test(line));
  }

  /** Starts the program and resolves when its log says that it is ready. */
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
    const ready = this.#untilReady(child);
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

  /** Sends a signal. Resolves after the process's end, or at once for SIGSTOP and SIGCONT. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const ended = once(child, "exit");
    child.kill(signal);
    if (signal === "SIGSTOP" || signal === "SIGCONT") return;
    child.ref();
    await withTimeout(ended, stopLimitMs, `${this.#spec.name} to end on ${signal}`, () => this.log);
  }

  /** Ends the process in an orderly way, and by SIGKILL if that takes longer than five seconds. */
  async stop(): Promise<void> {
    await this.kill("SIGCONT");
    try {
      await this.kill(this.#spec.stopSignal);
    } catch {
      await this.kill("SIGKILL");
    }
  }

  #untilReady(child: ChildProcess): Promise<void> {
    const { name, program, ready } = this.#spec;
    return new Promise((resolve, reject) => {
      const fail = (how: string, cause?: unknown) =>
        reject(
          new TestingError("TESTING_START_FAILED", `${name} (${program}) ${how}.`, { log: this.log, cause }),
        );
      for (const stream of [child.stdout, child.stderr]) {
        if (stream) this.#read(stream, (line) => ready.test(line) && resolve());
      }
      child.once("error", (error) => fail(`could not be run: ${error.message}`, error));
      child.once("close", (code, signal) =>
        fail(`ended with ${signal ?? `code ${code}`} before it was ready`),
      );
    });
  }

  /** Keeps the last lines. The pipe does not keep this process alive. */
  #read(stream: Readable, seen: (line: string) => void): void {
    const { secret } = this.#spec;
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      const lines = `${rest}${chunk}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        this.#log.push(secret ? line.replaceAll(secret, "…") : line);
        if (this.#log.length > keptLines) this.#log.shift();
        seen(line);
      }
    });
    if (stream instanceof Socket) stream.unref();
  }
}
