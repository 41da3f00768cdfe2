import { type Container, IMAGES, startWithPorts } from "../docker/container.js";
import type { ContainerSpec } from "../docker/container-spec.js";
import type { Machine } from "../process/machine.js";
import { stopIdleWatchdog } from "../process/watchdog.js";
import { engineOf } from "./connection.js";
import { secretLines, urlOf } from "./password.js";
import { settingsOf } from "./settings.js";
import type { RedisServer, RedisServerOptions } from "./types.js";

const SECRETS_FILE = "/etc/moonpath.conf";
/** Published ports lead to the container's own address, not to its loopback. */
const REACHABLE = { bind: "0.0.0.0", "protected-mode": "no" } as const;

/** Starts a data server in Docker, on the same port inside and outside of its container. */
export async function dockerRedis(
  options: RedisServerOptions,
  password: string,
  limitMs: number,
  machine: Machine,
): Promise<RedisServer> {
  const image = imageOf(options, machine);
  const container = await startWithPorts(1, ([port = 0]) => ({
    ...dataServer(image, port, options, password, limitMs),
    ports: [{ container: port, host: port }],
  }));
  const [port = 0] = container.ports;
  return serverOfContainer(container, port, password);
}

/** The image of the options or of the environment. */
export function imageOf({ image }: RedisServerOptions, { env }: Machine): string {
  return image ?? (env["MOONPATH_REDIS_IMAGE"] || IMAGES.redis);
}

/** The container of a data server, without its network. */
export function dataServer(
  image: string,
  port: number,
  options: RedisServerOptions,
  password: string,
  limitMs: number,
  extra: Readonly<Record<string, string>> = {},
): ContainerSpec {
  const files = password === "" ? [] : [{ target: SECRETS_FILE, content: secretLines(password) }];
  return {
    image,
    command: [
      "redis-server",
      ...files.map(({ target }) => target),
      ...settingsOf(port, "/data", options, { ...REACHABLE, ...extra }),
    ],
    files,
    ready: /ready to accept connections/i,
    secret: password,
    limitMs,
  };
}

/** The public object of a server in Docker. */
export async function serverOfContainer(
  container: Container,
  port: number,
  password: string,
): Promise<RedisServer> {
  const url = urlOf({ host: container.host, port, password });
  try {
    const engine = await engineOf(url);
    return {
      url,
      host: container.host,
      port,
      password,
      ...engine,
      pid: undefined,
      given: false,
      get running() {
        return container.running;
      },
      get log() {
        return container.log;
      },
      kill: (signal = "SIGKILL") => container.kill(signal),
      restart: () => container.restart(),
      stop: async () => {
        await container.stop();
        await stopIdleWatchdog();
      },
    };
  } catch (error) {
    await container.stop();
    throw error;
  }
}
