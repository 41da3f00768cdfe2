import type { Address, Engine } from "./connection.js";

/**
 * Options of all functions that start Redis. They do not apply to a server that `REDIS_URL` names.
 */
export interface RedisServerOptions {
  /** The server program, as a name on the PATH or a path, for example of Redis 8 or Valkey 8. */
  readonly binary?: string;
  /** Start a new server even if `REDIS_URL` is set, for tests that kill it. Default false. */
  readonly own?: boolean;
  /** Write an append-only file, which keeps the data of a killed server. Default false. */
  readonly appendOnly?: boolean;
  /**
   * More settings of `redis.conf`, for example `{ maxmemory: "10mb" }`. The command DEBUG needs
   * `{ "enable-debug-command": "local" }`.
   */
  readonly config?: Readonly<Record<string, string>>;
  /**
   * The password of the server's default user. Default: a random one, which is part of `url`. With
   * an empty one, every process of this machine can connect.
   */
  readonly password?: string;
  /** The image in Docker. Default: `MOONPATH_REDIS_IMAGE`, or `redis:7.0-alpine` without it. */
  readonly image?: string;
  /**
   * The time limit of the start, in milliseconds, 100 to 600,000. Default 20,000. In Docker it is at
   * least 120,000, and the pull of an image has 300,000 of its own.
   */
  readonly limitMs?: number;
}

/** A running Redis or Valkey server. */
export interface RedisServer extends Address, Engine {
  /**
   * The URL for `redisFromUrl`. It includes the password, so do not print it. If `REDIS_URL` names
   * a cluster, it has all nodes, separated by commas.
   */
  readonly url: string;
  /** The password of the default user; empty if it has none. */
  readonly password: string;
  /** The process id; undefined for a stopped or an external server, or in Docker. */
  readonly pid: number | undefined;
  /** Whether the server runs, also while SIGSTOP suspends it. Always true for an external one. */
  readonly running: boolean;
  /** Whether `REDIS_URL` names it. It may be shared, so use a namespace. `stop` does nothing. */
  readonly given: boolean;
  /** The last lines of its log; empty for an external server. */
  readonly log: readonly string[];
  /**
   * Sends a signal, by default SIGKILL. Resolves when the process has ended, or at once for SIGSTOP
   * and SIGCONT.
   *
   * @throws TestingError `TESTING_GIVEN_SERVER`
   */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /**
   * Stops the server if it runs, and starts it on the same port.
   *
   * @throws TestingError `TESTING_GIVEN_SERVER`
   */
  restart(): Promise<void>;
  /** Stops the server and removes its folder or container. A second call does nothing. */
  stop(): Promise<void>;
}
