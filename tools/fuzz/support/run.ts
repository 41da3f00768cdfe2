import { join } from "node:path";
import { readCorpus, saveFinding } from "./corpus.js";
import { runTarget } from "./parent.js";
import type { Finding } from "./session.js";

/** The options of a fuzz run. */
export interface Plan {
  readonly targets: readonly string[];
  readonly seconds: number;
  readonly seed: number;
  /** The time limit for one input. A slower input is a finding. */
  readonly hangMs: number;
  /** The folder with one folder for each target. */
  readonly corpusRoot: string;
  /** The URL of a target's module. */
  readonly module: (target: string) => string;
  /** The program that runs one target, compiled. Default: child.ts, by tsx. */
  readonly child?: string;
  readonly ended: (outcome: Outcome) => void;
}

/** The result of one target. */
export interface Outcome {
  readonly target: string;
  readonly seed: number;
  readonly tried: number;
  readonly perSecond: number;
  readonly findings: readonly Finding[];
  /** One text for each finding: its message, and the file that repeats it. */
  readonly notes: readonly string[];
}

/** The number of children that run at the same time. */
const AT_ONCE = 2;

/** Runs the targets, and saves their findings. Results have the order of the targets. */
export async function runTargets(plan: Plan): Promise<Outcome[]> {
  const outcomes = new Map<string, Outcome>();
  const waiting = [...plan.targets];
  const worker = async (): Promise<void> => {
    for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) {
      const outcome = await runOne(target, plan);
      outcomes.set(target, outcome);
      plan.ended(outcome);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return plan.targets.flatMap((target) => outcomes.get(target) ?? []);
}

async function runOne(target: string, plan: Plan): Promise<Outcome> {
  const { seed, seconds, hangMs, child } = plan;
  const folder = join(plan.corpusRoot, target);
  const corpus = readCorpus(folder);
  const module = plan.module(target);
  const report = await runTarget({ module, seed, milliseconds: seconds * 1_000, corpus, hangMs, child });
  const notes = report.findings.map((finding) => {
    const file = finding.file ?? saveFinding(folder, target, finding);
    return `${finding.message}\n${file}: npm run fuzz -- --only ${target} --seconds 0`;
  });
  const searched = report.tried - corpus.length;
  const perSecond = Math.max(0, Math.round(searched / Math.max(1, report.searchedMs / 1_000)));
  return { target, seed, tried: report.tried, perSecond, findings: report.findings, notes };
}
