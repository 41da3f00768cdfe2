import type { StartedTestContainer } from "testcontainers";
import { reasonOf, TestingError } from "../errors.js";
import { freePorts } from "../process/ports.js";
import { unregisterContainer } from "../process/watchdog.js";
import { withTimeout } from "../wait.js";
import { ContainerLog } from "./container-log.js";
import type { ContainerSpec } from "./container-spec.js";
import { ContainerStart, isGone } from "./container-start.js";
import { type Engine, findEngine, pullImage } from "./engine.js";

/** The images of the servers. */
export const IMAGES = { redis: "redis:7.0-alpine", postgres: "postgres:16-alpine" } as const;

/** A start in Docker takes longer than a local one, above all while other containers start. */
const MIN_START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 30_000;
const KILL_LIMIT_MS = 10_000;
/** A restart kills a server that has not stopped by itself in this time. */
const GRACE_MS = 5_000;
const MAX_PORT_RETRIES = 5;
/** Docker's reason if a published port is in use. */
const PORT_TAKEN = /port is already allocated|address already in use|ports are not available/i;

/** A server in a container. It is removed when this process ends, in whatever way. */
export interface Container {
  readonly id: string;
  /** The host at which this process reaches the published ports. */
  readonly host: string;
  /** The last lines of the server's output, oldest first. */
  readonly log: readonly string[];
  readonly running: boolean;
  /** Sends a signal. Resolves when the server has ended, or at once for SIGSTOP and SIGCONT. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Stops the server if it runs, and starts it again with the same ports and files. */
  restart(): Promise<void>;
  /** Stops the server and removes the container. A second call does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts a container that publishes `count` free ports. If another program takes one of them first,
 * it tries again with others.
 *
 * @throws TestingError as `startContainer`
 */
export async function startWithPorts(
  count: number,
  specOf: (ports: readonly number[], engine: Engine) => ContainerSpec,
): Promise<Container & { readonly ports: readonly number[] }> {
  const engine = await findEngine();
  for (let attempt = 0; ; attempt++) {
    const ports = await freePorts(count);
    try {
      return Object.assign(await startContainer(specOf(ports, engine)), { ports });
    } catch (error) {
      if (attempt >= MAX_PORT_RETRIES || !PORT_TAKEN.test(reasonOf(error))) throw error;
    }
  }
}

/**
 * Starts a container. Resolves when the server is ready.
 *
 * @throws TestingError `TESTING_NO_DOCKER`, `TESTING_START_FAILED` with Docker's reason and the
 *   server's last lines, `TESTING_TIMEOUT`
 */
export async function startContainer(spec: ContainerSpec): Promise<Container> {
  const engine = await findEngine();
  await pullImage(engine, spec.image);
  const limitMs = Math.max(spec.limitMs, MIN_START_LIMIT_MS);
  const { ready, readyTimes = 1, secret = "" } = spec;
  const log = new ContainerLog(engine, { ready, readyTimes, limitMs, secret });
  const start = new ContainerStart(engine);
  try {
    const starting = start.run(spec, log);
    const started = await withTimeout(starting, limitMs + STOP_LIMIT_MS, `${spec.image} to start in Docker`);
    return new RunningContainer(engine, started, log);
  } catch (cause) {
    const fetched = await start.readLog(secret);
    await start.remove();
    throw startError(spec.image, cause, fetched.length > 0 ? fetched : log.lines);
  }
}

function startError(image: string, cause: unknown, log: readonly string[]): TestingError {
  const isOurs = cause instanceof TestingError;
  const reason = isOurs ? cause.message.split("\n")[0] : reasonOf(cause);
  const code = isOurs ? cause.code : "TESTING_START_FAILED";
  return new TestingError(code, `Docker could not start ${image}: ${reason}`, { log, cause });
}

class RunningContainer implements Container {
  readonly id: string;
  readonly host: string;
  readonly #engine: Engine;
  readonly #started: StartedTestContainer;
  readonly #log: ContainerLog;

  constructor(engine: Engine, started: StartedTestContainer, log: ContainerLog) {
    this.id = started.getId();
    this.host = engine.host;
    this.#engine = engine;
    this.#started = started;
    this.#log = log;
  }

  get log(): readonly string[] {
    return this.#log.lines;
  }

  get running(): boolean {
    return this.#log.isOpen;
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    const container = this.#engine.client.container.getById(this.id);
    const isStopping = signal !== "SIGSTOP" && signal !== "SIGCONT";
    const abort = new AbortController();
    const ended = container.wait({ condition: "not-running", abortSignal: abort.signal });
    try {
      if (this.running) await container.kill({ signal });
      if (isStopping)
        await withTimeout(ended, KILL_LIMIT_MS, `the container to end on ${signal}`, () => this.log);
    } finally {
      ended.catch(() => undefined);
      abort.abort();
    }
    if (isStopping) this.#log.close();
  }

  async restart(): Promise<void> {
    await this.kill("SIGCONT");
    try {
      await withTimeout(
        this.#started.restart({ timeout: GRACE_MS }),
        MIN_START_LIMIT_MS,
        "the container to restart",
      );
    } catch (cause) {
      throw startError("the container again", cause, this.log);
    }
  }

  async stop(): Promise<void> {
    this.#log.close();
    try {
      await withTimeout(this.#started.stop({ timeout: 0 }), STOP_LIMIT_MS, "the container to stop");
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    unregisterContainer(this.id);
  }
}
