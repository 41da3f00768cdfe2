import { createInterface } from "node:readline";
import type { WaitStrategy } from "testcontainers";
import { TestingError } from "../errors.js";
import type { Engine } from "./engine.js";

const MAX_LOG_LINES = 20;

/** Options of a container's log. */
export interface LogSpec {
  /** The log line of a ready server. Without one, a started container is ready. */
  readonly ready?: RegExp | undefined;
  /** The server is ready after so many such lines. */
  readonly readyTimes: number;
  readonly limitMs: number;
  /** Removed from the log. */
  readonly secret: string;
}

type Container = Parameters<WaitStrategy["waitUntilReady"]>[0];

/**
 * Reads the log of a container while it runs. As a wait strategy, it waits for the ready line of
 * each start. Unlike the strategies of Testcontainers, it keeps the last lines of a failed start.
 */
export class ContainerLog implements WaitStrategy {
  readonly #engine: Engine;
  readonly #spec: LogSpec;
  readonly #lines: string[] = [];
  #starts = 0;
  #isOpen = false;

  constructor(engine: Engine, spec: LogSpec) {
    this.#engine = engine;
    this.#spec = spec;
  }

  /** The last lines, oldest first. */
  get lines(): readonly string[] {
    return [...this.#lines];
  }

  /** Whether the container runs, because Docker ends its log when it stops. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Call it after a stop of the container: Docker may end the log later. */
  close(): void {
    this.#isOpen = false;
    this.#starts++;
  }

  async waitUntilReady(container: Container, _ports: unknown, startTime?: Date): Promise<void> {
    const { ready, limitMs } = this.#spec;
    const start = ++this.#starts;
    const stream = await this.#engine.client.container.logs(container, {
      since: startTime ? startTime.getTime() / 1_000 : 0,
    });
    this.#isOpen = true;
    let readyLines = 0;
    await new Promise<void>((resolve, reject) => {
      const fail = (code: "TESTING_TIMEOUT" | "TESTING_START_FAILED", message: string, cause?: unknown) => {
        clearTimeout(timer);
        reject(new TestingError(code, message, { log: this.lines, cause }));
      };
      const timer = setTimeout(() => {
        fail("TESTING_TIMEOUT", `Waited ${limitMs} ms for the server to start.`);
        stream.destroy();
      }, limitMs);
      const succeed = () => {
        clearTimeout(timer);
        resolve();
      };
      stream.once("error", (cause) =>
        fail("TESTING_START_FAILED", "Docker ended the log of the server.", cause),
      );
      const lines = createInterface({ input: stream });
      lines.on("line", (line) => {
        this.#add(line);
        if (ready?.test(line) && ++readyLines === this.#spec.readyTimes) succeed();
      });
      lines.once("close", () => {
        if (this.#starts === start) this.#isOpen = false;
        fail("TESTING_START_FAILED", "the server's program ended before it was ready.");
      });
      if (ready === undefined) succeed();
    });
  }

  #add(line: string): void {
    const { secret } = this.#spec;
    this.#lines.push(secret === "" ? line : line.replaceAll(secret, "…"));
    if (this.#lines.length > MAX_LOG_LINES) this.#lines.shift();
  }

  /** Testcontainers calls it with its own default. The limit of this log holds. */
  withStartupTimeout(): this {
    return this;
  }

  isStartupTimeoutSet(): boolean {
    return true;
  }

  getStartupTimeout(): number {
    return this.#spec.limitMs;
  }
}
