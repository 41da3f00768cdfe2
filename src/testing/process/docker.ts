import { TestingError } from "../errors.js";

/** The images of the servers. */
export const IMAGES = { redis: "redis:7.0-alpine", postgres: "postgres:16-alpine" } as const;

const START_TIMEOUT_MS = 120_000;

/** A server in a container. Testcontainers removes it when this process ends. */
export interface Container {
  readonly host: string;
  readonly port: number;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Options of `startContainer`. */
export interface ContainerSpec {
  readonly image: string;
  readonly port: number;
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files to copy into the container before it starts. */
  readonly files?: readonly { readonly target: string; readonly content: string }[];
  /** The log line of a ready server. The server is ready after `readyTimes` such lines. */
  readonly ready: RegExp;
  readonly readyTimes: number;
}

/** Whether Testcontainers is installed and finds a Docker engine. */
export async function isDockerAvailable(): Promise<boolean> {
  try {
    await connectToEngine();
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a container.
 *
 * @throws TestingError `TESTING_NO_DOCKER` without a Docker engine, `TESTING_START_FAILED`
 */
export async function startContainer(spec: ContainerSpec): Promise<Container> {
  const { GenericContainer, Wait } = await connectToEngine().catch((cause: unknown) => {
    throw new TestingError(
      "TESTING_NO_DOCKER",
      `Cannot run ${spec.image}: Testcontainers finds no Docker engine. Start Docker (or set DOCKER_HOST), ` +
        "install the npm package testcontainers, or unset MOONPATH_SERVERS.",
      { cause },
    );
  });
  try {
    const container = await new GenericContainer(spec.image)
      .withExposedPorts(spec.port)
      .withCommand([...(spec.command ?? [])])
      .withEnvironment({ ...spec.env })
      .withCopyContentToContainer([...(spec.files ?? [])])
      .withWaitStrategy(Wait.forLogMessage(spec.ready, spec.readyTimes))
      .withStartupTimeout(START_TIMEOUT_MS)
      .start();
    return {
      host: container.getHost(),
      get port() {
        return container.getMappedPort(spec.port);
      },
      restart: () => container.restart({ timeout: 0 }),
      stop: async () => void (await container.stop({ timeout: 0 })),
    };
  } catch (cause) {
    throw new TestingError("TESTING_START_FAILED", `Docker could not start ${spec.image}.`, { cause });
  }
}

async function connectToEngine() {
  const testcontainers = await import("testcontainers");
  await testcontainers.getContainerRuntimeClient();
  return testcontainers;
}
