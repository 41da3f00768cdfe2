import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { isDockerAvailable } from "../docker/engine.js";

/** The environment and the programs of a machine. Tests pass their own. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The full path of a program; undefined if it is not there. */
  findProgram(name: string): string | undefined;
  /** Whether Testcontainers is installed and finds a Docker engine. */
  isDockerAvailable(): Promise<boolean>;
}

/** The machine of this process. */
export const localMachine: Machine = {
  env: process.env,
  findProgram: (name) => findProgram(name, process.env["PATH"] ?? ""),
  isDockerAvailable,
};

/** Searches `path` for a program as a shell does. A name with a slash is used as it is. */
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
