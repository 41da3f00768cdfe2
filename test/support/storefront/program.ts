import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../bundle.js";
import { type Ended, type Running, startProgram } from "../program.js";

const MAIN = join(ROOT, "examples/storefront/main.ts");
const LIMIT_MS = 60_000;

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Starts the storefront as a process of its own. `env` replaces single variables; undefined removes one.
 * Nobody browses it after the replay, unless the arguments say so.
 */
export function startStorefront(args: readonly string[], env: Env = {}): Promise<Running> {
  return startProgram(MAIN, ["--browse", "0", ...args], { env, limitMs: LIMIT_MS });
}

/** Runs the storefront to its end. */
export async function runStorefront(args: readonly string[], env: Env = {}): Promise<Ended> {
  return (await startStorefront(args, env)).ended;
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
