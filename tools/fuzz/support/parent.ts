import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Report, SavedInput } from "./session.js";
import { isReport, type Task } from "./task.js";

const CHILD = fileURLToPath(new URL("../child.ts", import.meta.url));
/** The interval at which the parent checks the current input. */
const LOOK_MS = 250;
/** The time for a target to start and to stop its servers. */
const MARGIN_MS = 120_000;
/** The most characters of a child's stderr that are stored. */
const MAX_WORDS = 4_000;

/** The options of a target's run. */
export interface RunOptions {
  readonly module: string;
  readonly seed: number;
  readonly milliseconds: number;
  readonly corpus: readonly SavedInput[];
  /** The time limit for one input. A slower input is a finding. */
  readonly hangMs: number;
  /** The program that runs one target, compiled. Default: child.ts, by tsx. */
  readonly child?: string | undefined;
}

/**
 * Runs a target in a child, and kills the child if one input takes too long. Such an input is tried
 * once more alone.
 */
export async function runTarget(options: RunOptions): Promise<Report> {
  const first = await inChild(options);
  if (first.hung === undefined) return first.report;
  // A busy machine may have stopped the child for a while. Then the second attempt is fast.
  const file = options.corpus.find(({ input }) => JSON.stringify(input) === JSON.stringify(first.hung))?.file;
  const alone = { file: file ?? "the input that took too long", input: first.hung };
  const second = await inChild({ ...options, milliseconds: 0, corpus: [alone] });
  const message = `one input took more than ${options.hangMs} ms, twice`;
  const hang = { message, input: first.hung, ...(file === undefined ? {} : { file }) };
  return second.hung === undefined
    ? { ...second.report, ...first.report }
    : { ...first.report, findings: [hang] };
}

interface Ended {
  readonly report: Report;
  readonly hung?: unknown;
}

async function inChild(options: RunOptions): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), "moonpath-fuzz-"));
  try {
    const { module, seed, milliseconds, corpus } = options;
    const current = join(folder, "current.json");
    const task: Task = { module, seed, milliseconds, corpus, current };
    writeFileSync(join(folder, "task.json"), JSON.stringify(task));
    return await follow(join(folder, "task.json"), current, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function follow(task: string, current: string, options: RunOptions): Promise<Ended> {
  const startedAt = performance.now();
  const child = fork(options.child ?? CHILD, [task], {
    execArgv: options.child === undefined ? ["--import", "tsx"] : [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const forget = endWithParent(child);
  let words = "";
  child.stderr?.on("data", (chunk) => {
    words = `${words}${chunk}`.slice(-MAX_WORDS);
  });
  let report: unknown;
  child.on("message", (message) => {
    report = message;
  });
  let hung: unknown;
  const looking = setInterval(() => {
    if (sinceLastInput(current) > options.hangMs) {
      hung = JSON.parse(readFileSync(current, "utf8"));
      child.kill("SIGKILL");
    } else if (performance.now() - startedAt > options.milliseconds + MARGIN_MS) child.kill("SIGKILL");
  }, LOOK_MS);
  const [code] = await once(child, "exit");
  clearInterval(looking);
  forget();
  const searchedMs = performance.now() - startedAt;
  if (hung !== undefined) return { report: { tried: 0, searchedMs, findings: [] }, hung };
  if (isReport(report)) return { report };
  throw new Error(`the process of the target ended early, with ${code ?? "a signal"}:\n${words}`);
}

/** The milliseconds since the current input began; 0 if there is none. */
function sinceLastInput(current: string): number {
  const found = statSync(current, { throwIfNoEntry: false });
  return found === undefined || found.size === 0 ? 0 : Date.now() - found.mtimeMs;
}

/** Children end when this process ends, and so do their servers. */
function endWithParent(child: ChildProcess): () => void {
  const end = () => child.kill("SIGKILL");
  process.on("exit", end);
  return () => process.off("exit", end);
}
