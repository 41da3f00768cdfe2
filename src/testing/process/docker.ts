import { TestingError } from "../errors.js";

/** The images that run when Docker does. */
export const images = { redis: "redis:7.0-alpine", postgres: "postgres:16-alpine" } as const;

const startLimitMs = 120_000;

/** A server in a container, started through Testcontainers, which also removes it when this process dies. */
export interface Container {
  readonly host: string;
  readonly port: number;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface ContainerSpec {
  readonly image: string;
  readonly port: number;
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files that are put into the container before it starts. */
  readonly files?: readonly { readonly target: string; readonly content: string }[];
  /** The log line that says that the server answers, and how often it is written before that is true. */
  readonly ready: RegExp;
  readonly readyTimes: number;
}

/** Whether Testcontainers is installed and reaches a Docker engine. */
export async function isDockerAvailable(): Promise<boolean> {
  try {
    await engine();
    return true;
  } catch {
    return false;
  }
}

/** Starts a container. Fails with the one error `TESTING_NO_DOCKER` when there is no engine. */
export async function startContainer(spec: ContainerSpec): Promise<Container> {
  const { GenericContainer, Wait } = await engine().catch((cause: unknown) => {
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
      .withStartupTimeout(startLimitMs)
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

async function engine() {
  const testcontainers = await import("testcontainers");
  await testcontainers.getContainerRuntimeClient();
  return testcontainers;
}
