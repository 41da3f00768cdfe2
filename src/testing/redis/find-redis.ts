import { TestingError } from "../errors.js";
import type { Machine } from "../process/machine.js";

/** The source of a server. */
export type Source =
  /** A running server that the environment names. */
  | { readonly kind: "given"; readonly url: string }
  | { readonly kind: "program"; readonly program: string }
  | { readonly kind: "docker" };

/** The requirements of a caller. */
export interface RedisNeed {
  /** A program that the caller names. */
  readonly binary?: string | undefined;
  /** The caller needs a server that nobody else uses. */
  readonly own: boolean;
  /** The caller starts several servers that connect to each other. */
  readonly group?: boolean;
}

const INSTALL = [
  "  Debian, Ubuntu:  sudo apt-get install redis-server",
  "  macOS:           brew install redis",
  "  Docker:          npm install --save-dev testcontainers",
];

/**
 * Finds a Redis server. It uses the first of these:
 *
 * 1. the program `binary` of the caller
 * 2. Docker, if `MOONPATH_SERVERS=docker` forces it
 * 3. the server that `REDIS_URL` names, unless the caller needs its own server
 * 4. the program that `MOONPATH_REDIS_BINARY` names
 * 5. `redis-server` or `valkey-server` on the PATH
 * 6. Docker
 *
 * @throws TestingError `TESTING_NO_REDIS` with the commands that install one, `TESTING_BAD_OPTION`
 */
export async function findRedis(need: RedisNeed, machine: Machine): Promise<Source> {
  if (need.binary !== undefined) return programNamed(need.binary, "The option for a server program", machine);
  if (isDockerForced(machine)) return { kind: "docker" };
  const url = machine.env["REDIS_URL"];
  if (url && !need.own) return { kind: "given", url };
  const binary = machine.env["MOONPATH_REDIS_BINARY"];
  if (binary) return programNamed(binary, "MOONPATH_REDIS_BINARY", machine);
  const found = onPath(machine);
  if (found) return { kind: "program", program: found };
  if (await machine.isDockerAvailable()) return { kind: "docker" };
  throw new TestingError("TESTING_NO_REDIS", noRedis(need));
}

function noRedis({ own, group = false }: RedisNeed): string {
  const given = own
    ? ""
    : group
      ? ", or name a running cluster in REDIS_URL"
      : ", or name a running server in REDIS_URL";
  return `Found no Redis server. Install Redis 7.0 or later, or Valkey${given}:\n${INSTALL.join("\n")}`;
}

/**
 * Whether the environment forces Docker.
 *
 * @throws TestingError `TESTING_BAD_OPTION` for a value other than `docker`
 */
export function isDockerForced(machine: Machine): boolean {
  const servers = machine.env["MOONPATH_SERVERS"] ?? "";
  if (servers !== "" && servers !== "docker") {
    throw new TestingError("TESTING_BAD_OPTION", `MOONPATH_SERVERS must be "docker", not "${servers}".`);
  }
  return servers === "docker";
}

function onPath(machine: Machine): string | undefined {
  return machine.findProgram("redis-server") ?? machine.findProgram("valkey-server");
}

function programNamed(binary: string, source: string, machine: Machine): Source {
  const program = machine.findProgram(binary);
  if (program) return { kind: "program", program };
  throw new TestingError("TESTING_NO_REDIS", `${source} names ${binary}, but there is no such program.`);
}
