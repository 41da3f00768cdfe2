// Started by host.ts: runs the command line `moonpath-codegen` once for each message.

import { runProgram } from "../../../tools/codegen/src/cli/program.js";
import type { Ended } from "../program.js";

/** One run: its arguments, its folder, and variables that replace those of this process. */
export interface CommandLine {
  readonly args: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const written = { stdout: "", stderr: "" };
for (const name of ["stdout", "stderr"] as const)
  process[name].write = (piece: string | Uint8Array) => {
    written[name] += typeof piece === "string" ? piece : Buffer.from(piece).toString("utf8");
    return true;
  };

const ENV = { ...process.env, REDIS_URL: undefined };

async function run({ args, folder, env }: CommandLine): Promise<Ended> {
  process.chdir(folder);
  process.env = definedOf({ ...ENV, ...env });
  const status = await runProgram(args).catch((error: unknown) => {
    written.stderr += String(error instanceof Error ? error.stack : error);
    return 1;
  });
  const ended = { status, output: written.stdout, errors: written.stderr };
  written.stdout = "";
  written.stderr = "";
  return ended;
}

function definedOf(env: CommandLine["env"]): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}

process.on("message", async (command: CommandLine) => process.send?.(await run(command)));
process.once("disconnect", () => process.exit());
