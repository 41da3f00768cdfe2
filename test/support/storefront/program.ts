import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../../examples/storefront/main.ts", import.meta.url));

/** What a run of the program left behind. */
export interface Ended {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** A run of the program that is still going on. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with the output so far once it holds `text`; rejects when the program ends without it. */
  waitFor(text: string): Promise<string>;
}

/** Starts the storefront as a process of its own. `env` replaces single variables; undefined removes one. */
export function startProgram(args: readonly string[], env: Record<string, string | undefined> = {}): Running {
  const child = spawn(process.execPath, ["--import", "tsx", MAIN, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    output += piece;
  });
  child.stderr.setEncoding("utf8").on("data", (piece: string) => {
    errors += piece;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output, errors }));
  });
  const waitFor = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (output.includes(text)) resolve(output);
      };
      child.stdout.on("data", look);
      look();
      void ended.then(() => reject(new Error(`ended without "${text}":\n${output}\n${errors}`)));
    });
  return { child, ended, waitFor };
}

/** Runs the storefront to its end. */
export function runProgram(
  args: readonly string[],
  env: Record<string, string | undefined> = {},
): Promise<Ended> {
  return startProgram(args, env).ended;
}

/** A folder of the test's own, removed by `remove`. */
export async function temporaryFolder(): Promise<{
  file(name: string): string;
  json(name: string): Promise<unknown>;
  remove(): Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), "moonpath-storefront-"));
  return {
    file: (name) => join(folder, name),
    json: async (name) => {
      const value: unknown = JSON.parse(await readFile(join(folder, name), "utf8"));
      return value;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
