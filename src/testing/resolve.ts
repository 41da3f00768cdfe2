import { TestingError } from "./errors.js";
import type { Machine } from "./machine.js";

/** Where a server comes from. */
export type Source =
  | { readonly kind: "given"; readonly url: string }
  | { readonly kind: "program"; readonly program: string }
  | { readonly kind: "docker" };

const installHint =
  "Install Redis 7.0 or later (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis) or Valkey 8";
const otherWays = ", start Docker and install the npm package testcontainers, or set REDIS_URL";

/**
 * Finds a Redis: `binary` if named, Docker if forced by `MOONPATH_SERVERS=docker`, then `REDIS_URL` (unless the
 * caller needs a server of its own), `MOONPATH_REDIS_BINARY`, `redis-server` or `valkey-server` on the PATH,
 * Docker, and last the distribution's package. A `group` of servers runs as local processes, never in Docker.
 */
export async function resolveRedis(
  wish: { readonly binary?: string | undefined; readonly own: boolean; readonly group?: boolean },
  machine: Machine,
): Promise<Source> {
  if (wish.binary !== undefined) return named(wish.binary, "The option binary", machine);
  if (dockerForced(machine)) return { kind: "docker" };
  const url = machine.env["REDIS_URL"];
  if (url && !wish.own) return { kind: "given", url };
  const binary = machine.env["MOONPATH_REDIS_BINARY"];
  if (binary) return named(binary, "MOONPATH_REDIS_BINARY", machine);
  const found = onPath(machine);
  if (found) return { kind: "program", program: found };
  if (!wish.group && (await machine.dockerAnswers())) return { kind: "docker" };
  if (machine.canInstall()) {
    await machine.installRedis();
    const installed = onPath(machine);
    if (installed) return { kind: "program", program: installed };
  }
  throw new TestingError(
    "TESTING_NO_REDIS",
    `Found no Redis server. ${installHint}${wish.group ? "" : otherWays}.`,
  );
}

/** Whether the environment forces Docker. Any other value than `docker` is an error. */
export function dockerForced(machine: Machine): boolean {
  const servers = machine.env["MOONPATH_SERVERS"] ?? "";
  if (servers !== "" && servers !== "docker") {
    throw new TestingError("TESTING_BAD_OPTION", `MOONPATH_SERVERS can only be "docker", not "${servers}".`);
  }
  return servers === "docker";
}

function onPath(machine: Machine): string | undefined {
  return machine.findProgram("redis-server") ?? machine.findProgram("valkey-server");
}

function named(binary: string, by: string, machine: Machine): Source {
  const program = machine.findProgram(binary);
  if (program) return { kind: "program", program };
  throw new TestingError(
    "TESTING_NO_REDIS",
    `${by} names ${binary}, which is not a program here. ${installHint}.`,
  );
}
