import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LuaSources, ScriptMutant } from "../sources.js";
import type { TestFile } from "../tests.js";
import { PLAN_VARIABLE, type Plan, type Trial } from "./plan.js";
import { Outcomes } from "./results.js";

/** The mutants, the tests that run against them, and the number of runs. */
export interface DomainRun {
  readonly root: string;
  readonly domain: string;
  readonly mutants: readonly ScriptMutant[];
  readonly files: readonly TestFile[];
  readonly repeats: number;
  readonly results: string;
  /** Environment variables of the tests: the seeds of the models. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** The key of one repetition of a mutant; the mutant's own key if there is only one. */
export function trialKey(key: string, repeats: number, number: number): string {
  return repeats === 1 ? key : `${key}#${number + 1}`;
}

/**
 * Runs a domain's tests in a separate process, with all mutants that earlier runs have not decided.
 */
export async function runDomain(run: DomainRun, sources: LuaSources): Promise<void> {
  const { files, results, root, environment, signal } = run;
  const pending = pendingTrials(run, sources);
  if (pending.trials.length === 0 || signal.aborted) return;
  const folder = await mkdtemp(join(tmpdir(), "moonpath-mutate-"));
  try {
    const path = join(folder, "plan.json");
    const plan: Plan = { files, trials: pending.trials, results };
    await writeFile(path, JSON.stringify(plan));
    const { REDIS_URL: _, ...inherited } = process.env;
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const child = spawn(
      process.execPath,
      [vitest, "run", "--config", "tools/mutate/run/vitest.config.ts", ...pending.files],
      {
        cwd: root,
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...inherited, ...environment, [PLAN_VARIABLE]: path },
      },
    );
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (part: Buffer) => {
        output += String(part);
      });
    }
    const end = () => child.kill("SIGTERM");
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    const [code]: unknown[] = await once(child, "exit");
    signal.removeEventListener("abort", end);
    if (code !== 0 && !signal.aborted) {
      throw new Error(`the tests of ${run.domain} fail without a mutant:\n${output.slice(-4_000)}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The remaining work: mutants that no test has found, and the files that have not run against them.
 */
function pendingTrials(
  { domain, mutants, files, repeats, results }: DomainRun,
  sources: LuaSources,
): { readonly trials: readonly Trial[]; readonly files: readonly string[] } {
  const outcomes = Outcomes.read(results, new Map(files.map(({ path, digest }) => [path, digest])));
  const trials: Trial[] = [];
  const missing = new Set<string>();
  for (const mutant of mutants) {
    const keys = Array.from({ length: repeats }, (_, number) => trialKey(mutant.key, repeats, number));
    const open = keys.filter((key) => {
      if (outcomes.foundBy(key) !== undefined) return false;
      const left = files.filter(({ path }) => !outcomes.survived(key, path));
      for (const { path } of left) missing.add(path);
      return left.length > 0;
    });
    const names = mutant.scripts.filter((name) => name.startsWith(`${domain}.`));
    if (open.length === 0 || names.length === 0) continue;
    const scripts = Object.fromEntries(names.map((name) => [name, sources.plant(mutant, name)]));
    for (const key of open) trials.push({ key, id: mutant.id, scripts });
  }
  return { trials, files: files.map(({ path }) => path).filter((path) => missing.has(path)) };
}
