import { spawn } from "node:child_process";
import { once } from "node:events";
import { TestingError } from "./errors.js";

/** apt-get alone may take this long, waiting for another installation included. */
const limitSeconds = 150;

/**
 * One shell script, under a lock: a second process that comes here at the same time waits, and then finds the
 * program. A policy-rc.d that answers 101 keeps the package from starting its service; one that is there
 * already is left alone.
 */
const script = `
command -v redis-server >/dev/null && exit 0
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' >"$policy" && chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt="apt-get -q -y -o DPkg::Lock::Timeout=60 -o Acquire::Retries=2"
# A repository that does not answer need not be the one that we need.
$apt update || true
$apt install --no-install-recommends redis-server
`;

/**
 * Installs Debian's or Ubuntu's redis-server, after saying so in one line on stderr. Takes at most 150 seconds.
 * It runs in a session of its own, because a package manager should not be cut in the middle by Ctrl-C.
 */
export async function installRedis(): Promise<void> {
  process.stderr.write("moonpath: no Redis server here; installing the redis-server package with apt-get\n");
  const lock = "/var/lock/moonpath-install.lock";
  const child = spawn(
    "flock",
    ["-w", String(limitSeconds), lock, "timeout", String(limitSeconds), "sh", "-c", script],
    { detached: true, stdio: ["ignore", "pipe", "pipe"] },
  );
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      lines.push(...chunk.split("\n").filter((line) => line.trim() !== ""));
      lines.splice(0, lines.length - 8);
    });
  }
  const closed = once(child, "close").catch((error: unknown) => {
    throw new TestingError("TESTING_INSTALL_FAILED", "apt-get could not be run.", { cause: error });
  });
  const [code] = await closed;
  if (code !== 0) {
    const how = code === 124 ? `took longer than ${limitSeconds} s` : `ended with code ${code}`;
    throw new TestingError(
      "TESTING_INSTALL_FAILED",
      `Installing redis-server with apt-get ${how}. Install it by hand, or set REDIS_URL.`,
      { log: lines },
    );
  }
}
