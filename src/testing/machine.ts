import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { dockerAnswers } from "./docker.js";
import { installRedis } from "./install.js";

/** What this machine offers. Tests of the resolution order hand in their own. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The full path of a program, or undefined. */
  findProgram(name: string): string | undefined;
  /** Whether Testcontainers is installed and reaches a Docker engine. */
  dockerAnswers(): Promise<boolean>;
  /** Whether this is Debian or Ubuntu, and we are root. */
  canInstall(): boolean;
  /** Installs the distribution's redis-server. Starts no service. */
  installRedis(): Promise<void>;
}

/** The machine that this process runs on. */
export const thisMachine: Machine = {
  env: process.env,
  findProgram: (name) => findProgram(name, process.env["PATH"] ?? ""),
  dockerAnswers,
  canInstall: () =>
    process.getuid?.() === 0 && existsSync("/etc/debian_version") && existsSync("/usr/bin/apt-get"),
  installRedis,
};

/** Looks `name` up in `path` as a shell does; a name with a slash is taken as it is. */
export function findProgram(name: string, path: string): string | undefined {
  const candidates =
    isAbsolute(name) || name.includes("/")
      ? [name]
      : path
          .split(delimiter)
          .filter(Boolean)
          .map((folder) => join(folder, name));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return statSync(candidate).isFile();
    } catch {
      return false;
    }
  });
}
