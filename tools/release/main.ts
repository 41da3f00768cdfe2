import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release, type } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { releasePage } from "./page.js";
import { type ReleaseRecord, readRecord, withResult, writeRecord } from "./record.js";
import { runStep } from "./run-step.js";
import { hasScript, type Sizes, type Step, stepsOf } from "./steps.js";

const HELP = `Usage: npm run release -- [options]

Runs everything that is too long for CI: tests, audit, benches, faults, fuzzing and mutation. It writes the figures to
tools/release/results/ after each step. A second run continues after the last step that passed, if the commit and the
sizes are the same and no file has changes.

  --quick            use the smallest sizes, to try this command itself
  --fuzz-seconds N   seconds for each fuzz target (default 600; 5 with --quick)
  --also PROGRAMS    server programs for additional quick faults, separated by commas
  --only STEPS       run only these steps, separated by commas
  --restart          repeat the steps that have passed
  --help             print this text

Example: npm run release -- --also /opt/redis-8/bin/redis-server,/opt/valkey-8/bin/valkey-server
`;

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const RECORD = fileURLToPath(new URL("results/release.json", import.meta.url));
const PACKAGE = fileURLToPath(new URL("../../package.json", import.meta.url));
const PAGE = fileURLToPath(new URL("results/release.md", import.meta.url));

interface Options extends Sizes {
  readonly only: readonly string[] | undefined;
  readonly restart: boolean;
}

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === "number") return options;
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => stop.abort());
  let record = startOf(options);
  const steps = chosenSteps(options);
  for (const name of options.only ?? stepsOf(options).map((step) => step.name)) {
    if (!steps.some((step) => step.name === name))
      process.stdout.write(`${name}: skipped, because package.json has no script for it\n`);
  }
  for (const step of steps) {
    if (stop.signal.aborted) break;
    if (record.results.some(({ name, ok }) => name === step.name && ok)) {
      process.stdout.write(`${step.name}: passed before\n`);
      continue;
    }
    process.stdout.write(`${step.name}: ${step.command.join(" ")}\n`);
    const result = await runStep(step, {
      folder: ROOT,
      signal: stop.signal,
      print: (text) => void process.stdout.write(text),
    });
    record = withResult(record, result);
    writeRecord(RECORD, record);
    writeFileSync(PAGE, releasePage(record));
    process.stdout.write(`${step.name}: ${result.ok ? "passed" : "failed"} after ${result.seconds} s\n`);
  }
  const passed = new Set(record.results.filter(({ ok }) => ok).map(({ name }) => name));
  return steps.length > 0 && steps.every(({ name }) => passed.has(name)) ? 0 : 1;
}

function chosenSteps({ only, ...sizes }: Options): readonly Step[] {
  const chosen = stepsOf(sizes).filter(({ name }) => only === undefined || only.includes(name));
  const manifest: unknown = JSON.parse(readFileSync(PACKAGE, "utf8"));
  return chosen.filter((step) => hasScript(manifest, step));
}

/** The record to continue, or a new one. */
function startOf({ restart, quick, fuzzSeconds, engines }: Options): ReleaseRecord {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).trim();
  // Pages that the steps write are no changes.
  const isChanged = git("status", "--porcelain", "--", ":!docs") !== "";
  const commit = `${git("rev-parse", "--short=12", "HEAD")}${isChanged ? " with changes" : ""}`;
  const also = engines.length > 0 ? `, also ${engines.join(" and ")}` : "";
  const sizes = `${quick ? "quick" : "full"} sizes, ${fuzzSeconds} s for each fuzz target${also}`;
  // Two states with changes look the same, so neither continues the other.
  const found = restart || isChanged ? undefined : readRecord(RECORD, { commit, sizes });
  const [cpu] = cpus();
  const machine = `${cpus().length} cores (${cpu?.model.trim() ?? "unknown"}), ${type()} ${release()}, Node.js ${process.version}`;
  return found ?? { commit, date: new Date().toISOString().slice(0, 10), machine, sizes, results: [] };
}

/** The options, or the exit code if there is nothing to run. */
function readOptions(): Options | number {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: "boolean", default: false },
        "fuzz-seconds": { type: "string" },
        also: { type: "string", default: "" },
        only: { type: "string" },
        restart: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      process.stdout.write(HELP);
      return 0;
    }
    const { quick, restart } = values;
    return {
      quick,
      restart,
      fuzzSeconds: seconds(values["fuzz-seconds"] ?? (quick ? "5" : "600")),
      engines: words(values.also),
      only: values.only === undefined ? undefined : named(values.only).map(knownStep),
    };
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return 2;
  }
}

function words(text: string): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

function named(steps: string): string[] {
  const found = words(steps);
  if (found.length > 0) return found;
  throw new Error("--only needs the name of a step");
}

function seconds(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new Error(`--fuzz-seconds is a whole number, not ${JSON.stringify(text)}`);
}

function knownStep(name: string): string {
  const names = stepsOf({ quick: true, fuzzSeconds: 1, engines: [] }).map((step) => step.name);
  if (names.includes(name)) return name;
  throw new Error(`--only: there is no step ${JSON.stringify(name)}; the steps are ${names.join(", ")}`);
}

process.exitCode = await main();
