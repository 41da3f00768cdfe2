import type { StartedTestContainer } from "testcontainers";
import { TestingError } from "../errors.js";
import { registerContainer, unregisterContainer } from "../process/watchdog.js";
import type { ContainerLog } from "./container-log.js";
import type { ContainerSpec } from "./container-spec.js";
import { addressOf, type Engine } from "./engine.js";

/** The lines of a failed server that its error shows. */
const MAX_LOG_LINES = 20;
/** Docker frames each piece of a log: one byte for the stream, three zeros, four for the length. */
const FRAME_HEADER_BYTES = 8;

/**
 * The start of one container. It keeps the container's id, because Testcontainers forgets a
 * container whose start fails: it neither shows its log nor removes it.
 */
export class ContainerStart {
  readonly #engine: Engine;
  readonly #stopWaiting = new AbortController();
  #id: string | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Starts the container. Rejects as soon as its program has ended. */
  async run(spec: ContainerSpec, log: ContainerLog): Promise<StartedTestContainer> {
    let fail: (error: unknown) => void = () => undefined;
    const ended = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const starting = this.#container(spec, (id) => this.#rejectAtExit(id, fail))
      .withWaitStrategy(log)
      .start();
    try {
      return await Promise.race([starting, ended]);
    } finally {
      // Testcontainers may still look for a container that has ended.
      starting.catch(() => undefined);
      this.#stopWaiting.abort();
    }
  }

  /** The last lines of the container's log; empty without one. */
  async readLog(secret: string): Promise<readonly string[]> {
    if (this.#id === undefined) return [];
    const container = this.#engine.client.container.getById(this.#id);
    const options = { follow: false, stdout: true, stderr: true, tail: MAX_LOG_LINES } as const;
    const frames = await container.logs(options).catch(() => Buffer.alloc(0));
    const lines = textOf(frames).split("\n").filter(Boolean);
    return secret === "" ? lines : lines.map((line) => line.replaceAll(secret, "…"));
  }

  /** Removes the container if there is one. */
  async remove(): Promise<void> {
    if (this.#id === undefined) return;
    try {
      await this.#engine.client.container.getById(this.#id).remove({ force: true, v: true });
    } catch (error) {
      // Testcontainers may have begun to remove it. Otherwise the watchdog removes it later.
      if (!isGone(error) && !isBeingRemoved(error)) return;
    }
    unregisterContainer(this.#id);
  }

  #container(spec: ContainerSpec, onCreated: (id: string) => void) {
    const { testcontainers, isLocal } = this.#engine;
    const { ports = [] } = spec;
    class ServerContainer extends testcontainers.GenericContainer {
      /** Publishes the ports on loopback, where Testcontainers would take every address of the host. */
      protected override async beforeContainerCreated(): Promise<void> {
        if (!isLocal) return;
        const bindings = ports.map(({ container, host }) => [
          `${container}/tcp`,
          [{ HostIp: "127.0.0.1", HostPort: String(host) }],
        ]);
        this.hostConfig.PortBindings = Object.fromEntries(bindings);
      }

      protected override async containerCreated(id: string): Promise<void> {
        onCreated(id);
      }
    }
    const container = new ServerContainer(spec.image)
      .withExposedPorts(...ports)
      .withCommand([...spec.command])
      .withEnvironment({ ...spec.env })
      .withCopyContentToContainer([...(spec.files ?? [])]);
    return spec.networkOf === undefined
      ? container
      : container.withNetworkMode(`container:${spec.networkOf}`);
  }

  #rejectAtExit(id: string, reject: (error: unknown) => void): void {
    this.#id = id;
    registerContainer(id, addressOf(this.#engine));
    const options = { condition: "next-exit", abortSignal: this.#stopWaiting.signal } as const;
    this.#engine.client.container
      .getById(id)
      .wait(options)
      .then(
        ({ StatusCode: code }: { readonly StatusCode: number }) =>
          reject(
            new TestingError(
              "TESTING_START_FAILED",
              `the program ended with code ${code} before it was ready.`,
            ),
          ),
        () => undefined, // Aborted, or the start itself fails with the reason.
      );
  }
}

/** Whether Docker reports that a container does not exist. */
export function isGone(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** Only for a forced removal: Docker then reports no other conflict. */
function isBeingRemoved(error: unknown): boolean {
  return statusOf(error) === 409;
}

function statusOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "statusCode" in error ? error.statusCode : undefined;
}

/** The text of a log without the headers of its frames. */
function textOf(frames: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + FRAME_HEADER_BYTES <= frames.length; ) {
    const end = at + FRAME_HEADER_BYTES + frames.readUInt32BE(at + 4);
    parts.push(frames.subarray(at + FRAME_HEADER_BYTES, end));
    at = end;
  }
  return Buffer.concat(parts).toString("utf8");
}
