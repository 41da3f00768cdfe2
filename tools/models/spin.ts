import { execFile } from "node:child_process";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Found, foundIn, stepsIn } from "./output.js";
import { MODELS, type Search } from "./searches.js";

export const FOLDER = fileURLToPath(new URL("../../test/models/", import.meta.url));
const MEMORY_MB = 2000;
const MAX_DEPTH = 100_000;

/** The result of one search. */
export interface Result extends Found {
  readonly search: Search;
  readonly seconds: number;
  /** The steps to the violation, if they were asked for. */
  readonly steps: readonly string[];
}

/** Something that the program needs is not on this machine. */
export class EnvironmentError extends Error {}

/** @throws EnvironmentError if spin or gcc is missing */
export async function checkPrograms(): Promise<void> {
  const missing: string[] = [];
  for (const [program, option] of [
    ["spin", "-V"],
    ["gcc", "--version"],
  ] as const) {
    const { code } = await run(program, [option], {});
    if (code === "ENOENT") missing.push(program);
  }
  if (missing.length > 0) {
    throw new EnvironmentError(
      `${missing.join(" and ")} not found in PATH; install it with: apt-get install spin gcc`,
    );
  }
}

/** Runs one search to its end, to its time limit or to the abortion of the signal. */
export async function searchOf(
  search: Search,
  options: { readonly show: boolean; readonly limitMs: number; readonly signal: AbortSignal },
): Promise<Result> {
  const model = MODELS.find(({ name }) => name === search.model);
  if (!model) throw new Error(`there is no model ${search.model}`);
  const folder = await mkdtemp(join(tmpdir(), "moonpath-models-"));
  const startedMs = performance.now();
  const { signal, limitMs } = options;
  const cwd = folder;
  try {
    await copyFile(join(FOLDER, `${search.model}.pml`), join(folder, "model.pml"));
    const macros = search.macros.map((macro) => `-D${macro}`);
    await succeed("spin", ["-a", ...macros, "model.pml"], { cwd, signal });
    const isCycle = model.finds === "cycle";
    const kind = isCycle ? ["-DNP", "-DNOREDUCE"] : ["-DSAFETY", "-DCOLLAPSE"];
    await succeed("gcc", ["-O1", "-w", ...kind, `-DMEMLIM=${MEMORY_MB}`, "-o", "pan", "pan.c"], {
      cwd,
      signal,
    });
    const fair = isCycle ? ["-l", "-f"] : [];
    const { stdout } = await run("./pan", [`-m${MAX_DEPTH}`, ...fair], { cwd, signal, timeout: limitMs });
    const found = foundIn(stdout, model.finds);
    const seconds = (performance.now() - startedMs) / 1000;
    const steps =
      options.show && found.outcome === "fails"
        ? stepsIn(await succeed("spin", ["-t", "-p", ...macros, "model.pml"], { cwd, signal }))
        : [];
    return { ...found, search, seconds, steps };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface RunOptions {
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  readonly timeout?: number;
}

interface Ended {
  /** 0, the exit code, or the code of an error such as ENOENT. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, args: readonly string[], options: RunOptions): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const limits = { maxBuffer: 64 * 1024 * 1024, killSignal: "SIGKILL" as const };
    execFile(program, args, { ...limits, ...options }, (error, stdout, stderr) => {
      if (options.signal?.aborted) reject(new Error("stopped"));
      else resolve({ code: error ? (error.code ?? "killed") : 0, stdout, stderr });
    });
  });
}

async function succeed(program: string, args: readonly string[], options: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}: ${code}\n${stdout}${stderr}`);
  return stdout;
}
