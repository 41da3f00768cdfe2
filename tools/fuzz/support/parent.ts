import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Report, SavedInput } from "./session.js";
import { isReport, type Task } from "./task.js";

const CHILD = fileURLToPath(new URL("../child.ts", import.meta.url));
/** How often the parent looks at the input that is being tried. */
const LOOK_MS = 250;
/** Time to start and to stop the servers of a target. */
const MARGIN_MS = 120_000;
/** What a child says on stderr is kept up to this length. */
const MAX_WORDS = 4_000;

/** How a target is run. */
export interface RunOptions {
  readonly module: string;
  readonly seed: number;
  readonly milliseconds: number;
  readonly corpus: readonly SavedInput[];
  /** One input that takes longer is a finding. */
  readonly hangMs: number;
  /** The program that runs one target, compiled. Default: child.ts, by tsx. */
  readonly child?: string | undefined;
}

/**
 * Runs a target in a child, which is killed when one input takes too long. Such an input is tried
 * once more alone.
 */
export async function runTarget(options: RunOptions): Promise<Report> {
  const first = await inChild(options);
  if (first.hung === undefined) return first.report;
  // A busy machine may have stopped the child for a while; then the second try is quick.
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

/** Milliseconds for which one input has been tried; 0 when none is. */
function sinceLastInput(current: string): number {
  const found = statSync(current, { throwIfNoEntry: false });
  return found === undefined || found.size === 0 ? 0 : Date.now() - found.mtimeMs;
}

/** No child outlives this process, however it ends; the servers of a child end with it. */
function endWithParent(child: ChildProcess): () => void {
  const end = () => child.kill("SIGKILL");
  process.on("exit", end);
  return () => process.off("exit", end);
}
