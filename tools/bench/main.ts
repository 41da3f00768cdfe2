import { writeFile } from "node:fs/promises";
import { createLogUpdate } from "log-update";
import { ensureRedis } from "../servers/install.js";
import { benchmarks } from "./benchmarks/index.js";
import type { Case } from "./case.js";
import { measureOnGround } from "./ground.js";
import { type Options, readOptions, SCRIPTS } from "./options.js";
import { jsonOf } from "./report/json.js";
import { machineOf } from "./report/machine.js";
import { writePage } from "./report/page.js";
import type { Plot } from "./report/plot.js";
import { lineOf, sectionOf } from "./report/section.js";
import { benchScripts } from "./scripts/scripts.js";

/** What one benchmark gives to the reports. */
interface Result {
  readonly section: readonly string[];
  readonly lines: readonly string[];
  readonly cases: readonly Case[];
  readonly plots: readonly Plot[];
}

async function main(): Promise<number> {
  const options = readOptions();
  await ensureRedis();
  const live = process.stdout.isTTY ? createLogUpdate(process.stdout) : undefined;
  const results = new Map<string, Result>();
  let exitCode = 0;
  for (const name of options.names) {
    try {
      const result = await run(name, options, (text) => live?.(`${name}: ${text}`));
      live?.clear();
      process.stdout.write(`${result.lines.join("\n")}\n`);
      results.set(name, result);
    } catch (error) {
      live?.clear();
      process.stderr.write(`ERROR ${name} could not run: ${textOf(error)}\n`);
      exitCode = 1;
    }
  }
  live?.done();
  const all = [...results.values()];
  if (options.json !== undefined) await writeFile(options.json, jsonOf(all.flatMap(({ cases }) => cases)));
  if (options.page !== undefined) await report(options.page, results);
  return exitCode;
}

/** Writes the page. Sections stay as they are if their benchmarks have not run. */
async function report(page: string, results: ReadonlyMap<string, Result>): Promise<void> {
  const headings = Object.entries(benchmarks).map(([name, { heading }]) => [name, heading] as const);
  const sections = [...results].map(([name, { section }]) => [name, section] as const);
  await writePage(page, new Map([...headings, [SCRIPTS, "Scripts"]]), new Map(sections));
  const plots = [...results.values()].flatMap((result) => result.plots);
  if (plots.length === 0) return;
  // Vega takes a second to load, and most runs draw nothing.
  const { writePlots } = await import("./report/write-plots.js");
  await writePlots(page, plots);
}

async function run(
  name: string,
  { isQuick, match }: Options,
  progress: (text: string) => void,
): Promise<Result> {
  const benchmark = benchmarks[name];
  if (benchmark === undefined) {
    const { section, lines, failures } = await benchScripts(
      match === undefined ? { progress } : { match, progress },
    );
    return { section, lines: [...lines, ...failures.map((text) => `FAIL ${text}`)], cases: [], plots: [] };
  }
  const { measured, server } = await measureOnGround(benchmark, { isQuick, progress });
  return {
    section: sectionOf(benchmark.method, machineOf(server), measured),
    lines: measured.cases.map(lineOf),
    cases: measured.cases,
    plots: measured.plots ?? [],
  };
}

function textOf(error: unknown): string {
  if (error instanceof AggregateError) return [error.message, ...error.errors.map(textOf)].join("; ");
  return error instanceof Error ? error.message : String(error);
}

process.exitCode = await main();
