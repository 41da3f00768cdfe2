import { checkInteger, TestingError } from "../errors.js";
import { localMachine, type Machine } from "../process/machine.js";
import { stopIdleWatchdog } from "../process/watchdog.js";
import { type Engine, engineOf, parseUrls } from "./connection.js";
import { dockerRedis } from "./docker-server.js";
import { findRedis } from "./find-redis.js";
import { type RedisNode, startNode } from "./node.js";
import { passwordOf, secretLines, urlOf, writeSecrets } from "./password.js";
import { settingsOf } from "./settings.js";
import type { RedisServer, RedisServerOptions } from "./types.js";

/**
 * Starts a Redis server without persistence on a free port of 127.0.0.1. It uses the first of
 * these:
 *
 * 1. the running server that `REDIS_URL` names, unless `own` is set
 * 2. the program that `MOONPATH_REDIS_BINARY` names
 * 3. `redis-server` or `valkey-server` on the PATH
 * 4. Docker (`redis:7.0-alpine`), if the npm package testcontainers is installed
 *
 * `MOONPATH_SERVERS=docker` forces Docker. The function never installs a server. Without one, the
 * error `TESTING_NO_REDIS` has the commands for Debian, Ubuntu, macOS and Docker.
 *
 * If this process is root, the server runs as the user `nobody` or `redis`, unless only root can
 * run its program or use the files of its settings.
 *
 * The server stops with `stop()`, and when this process ends in whatever way, including kill -9. It
 * does not keep this process alive.
 *
 * ```ts
 * const server = await startRedis();
 * const redis = redisFromUrl(server.url);
 * // …
 * redis.disconnect();
 * await server.stop();
 * ```
 *
 * @throws TestingError `TESTING_NO_REDIS`, `TESTING_NO_DOCKER`, `TESTING_START_FAILED`,
 *   `TESTING_TIMEOUT`, `TESTING_TOO_OLD`, `TESTING_UNREACHABLE`, `TESTING_BAD_OPTION`,
 *   `TESTING_BAD_URL`
 */
export async function startRedis(
  options: RedisServerOptions = {},
  machine: Machine = localMachine,
): Promise<RedisServer> {
  const limitMs = limitOf(options);
  const source = await findRedis({ binary: options.binary, own: options.own ?? false }, machine);
  if (source.kind === "given") return givenRedis(source.url);
  const password = passwordOf(options);
  if (source.kind === "docker") return dockerRedis(options, password, limitMs, machine);
  const node = await startNode({
    program: source.program,
    args: (port, _busPort, folder) => serverArgs(port, folder, options, password),
    password,
    limitMs,
  });
  return serverOf(node);
}

/** @throws TestingError `TESTING_BAD_OPTION` for a time limit out of bounds */
export function limitOf({ limitMs = 20_000 }: { readonly limitMs?: number }): number {
  checkInteger("limitMs", limitMs, 100, 600_000);
  return limitMs;
}

/**
 * The arguments of a server: our settings, then those of the caller. The password is in a file,
 * because every user can see the arguments of a process.
 */
export function serverArgs(
  port: number,
  folder: string,
  options: RedisServerOptions,
  password: string,
  extra: Readonly<Record<string, string>> = {},
): string[] {
  const settings = settingsOf(port, folder, options, { bind: "127.0.0.1", ...extra });
  return password === "" ? settings : [writeSecrets(folder, secretLines(password)), ...settings];
}

/** The public object of a local server. */
export async function serverOf(node: RedisNode): Promise<RedisServer> {
  const url = urlOf(node);
  let engine: Engine;
  try {
    engine = await engineOf(url);
  } catch (error) {
    await node.remove();
    throw error;
  }
  return {
    url,
    host: node.host,
    port: node.port,
    password: node.password,
    ...engine,
    given: false,
    get pid() {
      return node.process.pid;
    },
    get running() {
      return node.process.pid !== undefined;
    },
    get log() {
      return node.process.log;
    },
    kill: (signal = "SIGKILL") => node.process.kill(signal),
    restart: async () => {
      await node.process.stop();
      await node.process.start();
    },
    stop: async () => {
      await node.remove();
      await stopIdleWatchdog();
    },
  };
}

async function givenRedis(url: string): Promise<RedisServer> {
  const engine = await engineOf(url, "REDIS_URL");
  const [first] = parseUrls(url);
  const rejectGiven = async (): Promise<void> => {
    throw new TestingError(
      "TESTING_GIVEN_SERVER",
      "REDIS_URL names this server, so it cannot be killed or restarted. Use { own: true } for a new one.",
    );
  };
  return {
    url,
    host: first?.host ?? "",
    port: first?.port ?? 0,
    password: first?.password ?? "",
    ...engine,
    pid: undefined,
    running: true,
    given: true,
    log: [],
    kill: rejectGiven,
    restart: rejectGiven,
    stop: async () => undefined,
  };
}
