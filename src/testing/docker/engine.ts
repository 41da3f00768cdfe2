import { connect } from "node:net";
import { reasonOf, TestingError } from "../errors.js";
import type { EngineAddress } from "../process/watchdog.js";
import { withTimeout } from "../wait.js";

type Testcontainers = typeof import("testcontainers");
type Client = Awaited<ReturnType<Testcontainers["getContainerRuntimeClient"]>>;

/** A Docker engine that answers. */
export interface Engine {
  readonly testcontainers: Testcontainers;
  readonly client: Client;
  /** The host at which this process reaches published ports. */
  readonly host: string;
  /** Whether `host` is 127.0.0.1. Ports are then published on this address only. */
  readonly isLocal: boolean;
}

const LOOPBACK = "127.0.0.1";
const PULL_LIMIT_MS = 300_000;
const PROBE_LIMIT_MS = 2_000;

/** Whether Testcontainers is installed and finds a Docker engine. */
export async function isDockerAvailable(): Promise<boolean> {
  try {
    await findEngine();
    return true;
  } catch {
    return false;
  }
}

/**
 * Connects to the Docker engine that Testcontainers finds.
 *
 * @throws TestingError `TESTING_NO_DOCKER` with the reason
 */
export async function findEngine(): Promise<Engine> {
  const testcontainers = await import("testcontainers").catch((cause: unknown) => {
    throw noDocker("the npm package testcontainers is not installed", cause);
  });
  const client = await testcontainers.getContainerRuntimeClient().catch(async (cause: unknown) => {
    throw noDocker(
      `Testcontainers finds no Docker engine: ${await probe(process.env["DOCKER_HOST"])}`,
      cause,
    );
  });
  const { host, hostIps } = client.info.containerRuntime;
  const isLocal = hostIps.some(({ address }) => address === LOOPBACK);
  return { testcontainers, client, host: isLocal ? LOOPBACK : host, isLocal };
}

function noDocker(reason: string, cause: unknown): TestingError {
  return new TestingError(
    "TESTING_NO_DOCKER",
    `Cannot run a server in Docker: ${reason}. Start Docker, or set DOCKER_HOST to the engine's address. ` +
      "If testcontainers is missing, run: npm install --save-dev testcontainers",
    { cause },
  );
}

/**
 * Why no engine answers at `dockerHost`. Testcontainers hides the reason, which is often a
 * missing socket or a missing permission.
 */
export async function probe(dockerHost = "unix:///var/run/docker.sock"): Promise<string> {
  if (!URL.canParse(dockerHost)) return "DOCKER_HOST is no URL";
  const { protocol, hostname, port, pathname } = new URL(dockerHost);
  const isSocket = protocol === "unix:";
  if (!isSocket && hostname === "") return `DOCKER_HOST has an unknown protocol, ${protocol}`;
  const address = isSocket ? pathname : `${hostname}:${port || "2375"}`;
  const socket = isSocket ? connect(pathname) : connect(Number(port || "2375"), hostname);
  const connected = new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve).once("error", reject);
  });
  try {
    await withTimeout(connected, PROBE_LIMIT_MS, `a connection to ${address}`);
    return `${address} accepts connections, but is no Docker engine`;
  } catch (error) {
    return reasonOf(error);
  } finally {
    socket.destroy();
  }
}

const pulls = new Map<string, Promise<void>>();

/**
 * Pulls an image unless the engine has it. Calls for one image share a pull.
 *
 * @throws TestingError `TESTING_START_FAILED` with Docker's reason, `TESTING_TIMEOUT`
 */
export async function pullImage({ testcontainers, client }: Engine, image: string): Promise<void> {
  const running = pulls.get(image);
  if (running) return running;
  const pull = client.image.pull(testcontainers.ImageName.fromString(image)).catch((cause: unknown) => {
    throw new TestingError("TESTING_START_FAILED", `Docker has no image ${image}: ${reasonOf(cause)}`, {
      cause,
    });
  });
  const limited = withTimeout(pull, PULL_LIMIT_MS, `the pull of ${image}`);
  pulls.set(image, limited);
  try {
    await limited;
  } finally {
    pulls.delete(image);
  }
}

/** The address of the engine; undefined for TLS and SSH. */
export function addressOf({ client }: Engine): EngineAddress | undefined {
  const { modem } = client.container.dockerode;
  const [socketPath, protocol, host, port]: unknown[] = ["socketPath", "protocol", "host", "port"].map(
    (name) => Reflect.get(modem, name),
  );
  if (typeof socketPath === "string") return { socketPath };
  if (protocol !== "http" || typeof host !== "string") return undefined;
  return { host, port: Number(port) };
}
