import { checkInteger, TestingError } from "../errors.js";
import { IMAGES, startContainer } from "../process/docker.js";
import { localMachine, type Machine } from "../process/machine.js";
import { stopIdleWatchdog } from "../process/watchdog.js";
import { type Address, type Engine, engineOf, parseUrls } from "./connection.js";
import { findRedis } from "./find-redis.js";
import { type RedisNode, startNode } from "./node.js";
import { passwordOf, secretLines, urlOf, writeSecrets } from "./password.js";

/**
 * What every function that starts Redis accepts. A server that `REDIS_URL` names is used as it is.
 */
export interface RedisServerOptions {
  /** Another server program: a name on the PATH, or a path (Redis 8, Valkey 8). */
  readonly binary?: string;
  /**
   * A server that nobody else uses, even if `REDIS_URL` is set; for tests that kill it. Default
   * false.
   */
  readonly own?: boolean;
  /**
   * Keeps an append-only file, so that a killed and restarted server has its data. Default false.
   */
  readonly appendOnly?: boolean;
  /**
   * Further `redis.conf` settings: `{ maxmemory: "10mb" }`. DEBUG is off without `{
   * "enable-debug-command": "local" }`.
   */
  readonly config?: Readonly<Record<string, string>>;
  /**
   * The password of the server's default user. Default: a random one, which `url` carries. An empty
   * one turns it off: then every process of this machine may connect.
   */
  readonly password?: string;
  /** Limit for the start, in milliseconds, 100 to 600,000. Default 20,000. */
  readonly limitMs?: number;
}

/** A running Redis or Valkey server. */
export interface RedisServer extends Address, Engine {
  /**
   * For `redisFromUrl`, with the password: do not print it. Several nodes, comma-separated, if
   * `REDIS_URL` names a cluster.
   */
  readonly url: string;
  /** Of the default user; empty if there is none. */
  readonly password: string;
  /** The process, if it is one of ours. */
  readonly pid: number | undefined;
  /**
   * Whether `REDIS_URL` named it. Then it is shared: namespace your keys, and nothing here stops
   * it.
   */
  readonly given: boolean;
  /** The last lines of its log, if the process is one of ours. */
  readonly log: readonly string[];
  /**
   * Sends a signal and waits for the process's end (not for SIGSTOP and SIGCONT). Default SIGKILL.
   */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port, after ending it if it still runs. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. A second call does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts a Redis server on 127.0.0.1, on a port of its own, without persistence. It is found in
 * this order: `REDIS_URL`, `redis-server` or `valkey-server` on the PATH, Docker through
 * Testcontainers, and on Debian or Ubuntu as root the distribution's package, installed after a
 * line on stderr. `MOONPATH_SERVERS=docker` forces Docker (`redis:7.0-alpine`),
 * `MOONPATH_REDIS_BINARY` names a program.
 *
 * Where this process is root, the server runs as the user `nobody` or `redis`, unless only root may
 * run its program or use the files that its settings name.
 *
 * The server ends with `stop()`, and also when this process ends in any way, kill -9 included. It
 * does not keep this process alive.
 *
 * @throws TestingError `TESTING_NO_REDIS`, `TESTING_NO_DOCKER`, `TESTING_START_FAILED`,
 * `TESTING_TIMEOUT`, `TESTING_TOO_OLD`, `TESTING_UNREACHABLE`, `TESTING_BAD_OPTION`,
 *   `TESTING_BAD_URL`
 * @example
 * const server = await startRedis();
 * const redis = redisFromUrl(server.url);
 * // …
 * redis.disconnect();
 * await server.stop();
 */
export async function startRedis(
  options: RedisServerOptions = {},
  machine: Machine = localMachine,
): Promise<RedisServer> {
  const limitMs = limitOf(options);
  const source = await findRedis({ binary: options.binary, own: options.own ?? false }, machine);
  if (source.kind === "given") return givenRedis(source.url);
  const password = passwordOf(options);
  if (source.kind === "docker") return dockerRedis(options, password);
  const node = await startNode({
    program: source.program,
    args: (port, _busPort, folder) => serverArgs(port, folder, options, password),
    password,
    limitMs,
  });
  return serverOf(node);
}

/** The checked time limit of a start. */
export function limitOf({ limitMs = 20_000 }: { readonly limitMs?: number }): number {
  checkInteger("limitMs", limitMs, 100, 600_000);
  return limitMs;
}

/**
 * The settings of every server of ours, then the caller's. The password is in a file: everybody
 * sees arguments.
 */
export function serverArgs(
  port: number,
  folder: string,
  options: RedisServerOptions,
  password: string,
  extra: Readonly<Record<string, string>> = {},
): string[] {
  const settings = settingsOf(port, folder, options, extra);
  return password === "" ? settings : [writeSecrets(folder, secretLines(password)), ...settings];
}

function settingsOf(
  port: number,
  folder: string,
  options: RedisServerOptions,
  extra: Readonly<Record<string, string>>,
): string[] {
  return configArgs({
    port: String(port),
    bind: "127.0.0.1",
    dir: folder,
    save: "",
    appendonly: options.appendOnly ? "yes" : "no",
    "shutdown-timeout": "0",
    "repl-diskless-sync": "yes",
    "repl-diskless-sync-delay": "0",
    ...extra,
    ...options.config,
  });
}

function configArgs(config: Readonly<Record<string, string>>): string[] {
  return Object.entries(config).flatMap(([name, value]) => [`--${name}`, value]);
}

/** A server as callers see it, over a process of ours. */
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
  const refuse = async (): Promise<void> => {
    throw new TestingError(
      "TESTING_GIVEN_SERVER",
      "REDIS_URL names this server, so it is not ours to kill. Start one with { own: true } for that.",
    );
  };
  return {
    url,
    host: first?.host ?? "",
    port: first?.port ?? 0,
    password: first?.password ?? "",
    ...engine,
    pid: undefined,
    given: true,
    log: [],
    kill: refuse,
    restart: refuse,
    stop: async () => undefined,
  };
}

async function dockerRedis(options: RedisServerOptions, password: string): Promise<RedisServer> {
  const secrets = password === "" ? [] : [{ target: "/etc/moonpath.conf", content: secretLines(password) }];
  const container = await startContainer({
    image: IMAGES.redis,
    port: 6379,
    command: [
      "redis-server",
      ...secrets.map(({ target }) => target),
      ...settingsOf(6379, "/data", options, { bind: "0.0.0.0", "protected-mode": "no" }),
    ],
    files: secrets,
    ready: /ready to accept connections/i,
    readyTimes: 1,
  });
  const { host, port } = container;
  const url = urlOf({ host, port, password });
  return {
    url,
    host,
    port,
    password,
    ...(await engineOf(url)),
    pid: undefined,
    given: false,
    log: [],
    kill: async () => {
      throw new TestingError(
        "TESTING_UNSUPPORTED",
        "A server in Docker takes no signals. Use restart() or stop().",
      );
    },
    restart: () => container.restart(),
    stop: () => container.stop(),
  };
}
