import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { TestingError } from "../../src/testing/index.js";
import { localMachine, type Machine } from "../../src/testing/process/machine.js";
import { findRedis, type RedisNeed } from "../../src/testing/redis/find-redis.js";

/** The limit for apt-get, including the wait for another installation. */
const LIMIT_SECONDS = 150;
const MAX_LOG_LINES = 8;

/** apt-get failed. The message has the last lines of its output. */
export class InstallError extends Error {
  override readonly name = "InstallError";
}

/** The effects of `ensureRedis` on this machine. Tests pass their own. */
export interface Installer {
  /** Whether this is Debian or Ubuntu, and this process is root. */
  canInstall(): boolean;
  install(): Promise<void>;
}

const aptInstaller: Installer = {
  canInstall: () =>
    process.getuid?.() === 0 && existsSync("/etc/debian_version") && existsSync("/usr/bin/apt-get"),
  install: () => installRedis(),
};

/**
 * Makes sure that `moonpath/testing` finds a Redis server. If it finds none, and this process is
 * root on Debian or Ubuntu, it installs the package redis-server with apt-get. Only the programs of
 * this repository call it: the package `moonpath` never installs anything.
 *
 * @throws InstallError apt-get failed
 */
export async function ensureRedis(
  need: RedisNeed = { own: false },
  machine: Machine = localMachine,
  installer: Installer = aptInstaller,
): Promise<void> {
  try {
    await findRedis(need, machine);
  } catch (error) {
    const isMissing = error instanceof TestingError && error.code === "TESTING_NO_REDIS";
    // A program that the environment names is missing. Another Redis would not replace it.
    const isNamed = Boolean(machine.env["MOONPATH_REDIS_BINARY"]);
    // `startRedis` reports every other error with the reason.
    if (isMissing && !isNamed && installer.canInstall()) await installer.install();
  }
}

/** Files of an installation. Tests pass their own. */
export interface InstallFiles {
  readonly lock: string;
  /** Debian's policy-rc.d, which may forbid packages to start services. */
  readonly policy: string;
}

const SYSTEM_FILES: InstallFiles = {
  lock: "/var/lock/moonpath-install.lock",
  policy: "/usr/sbin/policy-rc.d",
};

/** What is installed, and how an error or an announcement names it. */
interface Installation {
  /** It is there if this command succeeds. */
  readonly check: string;
  readonly packages: readonly string[];
  /** What was not found, such as `Redis server`. */
  readonly missing: string;
  /** What the user can do instead. */
  readonly instead: string;
}

const REDIS: Installation = {
  check: "command -v redis-server",
  packages: ["redis-server"],
  missing: "Redis server",
  instead: "Install it yourself, or set REDIS_URL.",
};

/** nginx with the module that purges single entries of its cache. */
const NGINX: Installation = {
  check: "command -v nginx && test -e /usr/lib/nginx/modules/ngx_http_cache_purge_module.so",
  packages: ["nginx", "libnginx-mod-http-cache-purge"],
  missing: "nginx with its purge module",
  instead: "Install it yourself.",
};

/**
 * Runs under a lock: a second process waits, and then finds the program. A temporary policy-rc.d
 * that exits with 101 prevents the package from starting its service. An existing one stays as it
 * is.
 */
const SCRIPT = `
policy="$1"; check="$2"; shift 2
if sh -c "$check" >/dev/null; then exit 0; fi
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' >"$policy" && chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt="apt-get -q -y -o DPkg::Lock::Timeout=60 -o Acquire::Retries=2"
# An unreachable repository may be one that has none of the packages, so a failed update is no error yet.
$apt update || true
$apt install --no-install-recommends "$@"
`;

/**
 * Installs redis-server of Debian or Ubuntu, after one line on stderr. It takes at most 150
 * seconds. It runs in a session of its own, because Ctrl+C must not interrupt a package manager.
 *
 * @throws InstallError apt-get failed, took too long, or could not be started
 */
export function installRedis(files: InstallFiles = SYSTEM_FILES): Promise<void> {
  return install(REDIS, files);
}

/**
 * Makes sure that nginx and its purge module are there, as `ensureRedis` does for Redis. Returns why
 * they are not; undefined if they are.
 *
 * @throws InstallError apt-get failed
 */
export async function ensureNginx(
  findModule: () => boolean = hasNginx,
  installer: Installer = { ...aptInstaller, install: () => install(NGINX, SYSTEM_FILES) },
): Promise<string | undefined> {
  if (findModule()) return undefined;
  if (!installer.canInstall()) {
    return `there is no nginx with its purge module; run apt-get install ${NGINX.packages.join(" ")}`;
  }
  await installer.install();
  return undefined;
}

/** Debian has nginx in a folder that the PATH of a user may not have. */
function hasNginx(): boolean {
  return existsSync("/usr/sbin/nginx") && existsSync("/usr/lib/nginx/modules/ngx_http_cache_purge_module.so");
}

async function install(installation: Installation, { lock, policy }: InstallFiles): Promise<void> {
  const { check, packages, missing, instead } = installation;
  const names = packages.join(" and ");
  const kind = packages.length === 1 ? "package" : "packages";
  process.stderr.write(`moonpath: found no ${missing}; installing the ${kind} ${names} with apt-get\n`);
  const limit = String(LIMIT_SECONDS);
  const child = spawn(
    "flock",
    ["-w", limit, lock, "timeout", limit, "sh", "-c", SCRIPT, "moonpath-install", policy, check, ...packages],
    { detached: true, stdio: ["ignore", "pipe", "pipe"] },
  );
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      lines.push(...chunk.split("\n").filter((line) => line.trim() !== ""));
      lines.splice(0, lines.length - MAX_LOG_LINES);
    });
  }
  const [code] = await once(child, "close").catch((cause: unknown) => {
    throw new InstallError("apt-get could not be started.", { cause });
  });
  if (code === 0) return;
  const outcome = code === 124 ? `took longer than ${limit} s` : `exited with code ${code}`;
  throw new InstallError(
    `The installation of ${names} with apt-get ${outcome}. ${instead}\n` +
      lines.map((line) => `  ${line}`).join("\n"),
  );
}
