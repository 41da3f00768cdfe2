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

/**
 * Runs under a lock: a second process waits, and then finds the program. A temporary policy-rc.d
 * that exits with 101 prevents the package from starting its service. An existing one stays as it
 * is.
 */
const SCRIPT = `
command -v redis-server >/dev/null && exit 0
policy="$1"
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' >"$policy" && chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt="apt-get -q -y -o DPkg::Lock::Timeout=60 -o Acquire::Retries=2"
# An unreachable repository may be one that has no redis-server, so a failed update is no error yet.
$apt update || true
$apt install --no-install-recommends redis-server
`;

/**
 * Installs redis-server of Debian or Ubuntu, after one line on stderr. It takes at most 150
 * seconds. It runs in a session of its own, because Ctrl+C must not interrupt a package manager.
 *
 * @throws InstallError apt-get failed, took too long, or could not be started
 */
export async function installRedis({ lock, policy }: InstallFiles = SYSTEM_FILES): Promise<void> {
  process.stderr.write("moonpath: found no Redis server; installing the package redis-server with apt-get\n");
  const limit = String(LIMIT_SECONDS);
  const child = spawn(
    "flock",
    ["-w", limit, lock, "timeout", limit, "sh", "-c", SCRIPT, "moonpath-install", policy],
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
    `The installation of redis-server with apt-get ${outcome}. Install it yourself, or set REDIS_URL.\n` +
      lines.map((line) => `  ${line}`).join("\n"),
  );
}
