import { Command, InvalidArgumentError } from "commander";
import { Redis } from "ioredis";
import { createLogUpdate } from "log-update";
import { Pool } from "pg";
import { createMoonpath } from "../../src/index.js";
import { startPostgres, startRedis } from "../../src/testing/index.js";
import { reportFile } from "../codegen/src/report-file.js";
import { ensureRedis } from "../servers/install.js";
import type { Benchmark, Measure, Result } from "./benchmark.js";
import { claims } from "./claims.js";
import { limits } from "./limits.js";
import { measureTable, writePage } from "./page.js";
import { cases } from "./scripts/cases/index.js";
import { benchScripts } from "./scripts/scripts.js";
import { slots } from "./slots.js";
import { views } from "./views.js";

const PAGE = "docs/benchmarks.md";
const measuring: Readonly<Record<string, Benchmark>> = { claims, slots, views, limits };
const NAMES = [...Object.keys(measuring), "scripts"];

async function main(): Promise<number> {
  const { only, page, match } = readOptions();
  await ensureRedis();
  const live = process.stdout.isTTY ? createLogUpdate(process.stdout) : undefined;
  const sections = new Map<string, readonly string[]>();
  const failures: string[] = [];
  for (const name of NAMES.filter((name) => only === undefined || only.includes(name))) {
    const result = await run(name, match, (text) => live?.(`${name}: ${text}`));
    live?.clear();
    process.stdout.write(
      `${[...result.lines, ...result.failures.map((text) => `FAIL ${text}`)].join("\n")}\n`,
    );
    sections.set(name, result.section);
    failures.push(...result.failures);
  }
  live?.done();
  // Part of the page stays as it is if only part of the benchmarks run.
  await writePage(page ?? PAGE, sections);
  return failures.length === 0 ? 0 : 1;
}

async function run(
  name: string,
  match: string | undefined,
  progress: (text: string) => void,
): Promise<Result> {
  const benchmark = measuring[name];
  if (benchmark === undefined) return benchScripts(match === undefined ? { progress } : { match, progress });
  const measures = await measured(benchmark, progress);
  return {
    section: measureTable(measures, new Date().toISOString().slice(0, 10)),
    lines: measures.map(line),
    failures: measures.filter(({ ok }) => !ok).map(({ what, figure }) => `${what}: ${figure}`),
  };
}

interface Options {
  readonly only?: readonly string[];
  readonly match?: string;
  readonly page?: string;
}

function readOptions(): Options {
  const names = NAMES.join(", ");
  const command = new Command("npm run bench --");
  const options = command
    .description("Measures rates and ratios on its own servers.")
    .option("--only <names>", `run only these: ${names}`, chosenNames)
    .option(
      "--match <prefix>",
      "of the scripts, measure those whose name begins with this, such as stock.",
      knownPrefix,
    )
    .option("--page <file>", `write the page to this file (default: ${PAGE})`, reportFile)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse()
    .opts<Options>();
  if (options.match !== undefined && !(options.only ?? []).includes("scripts")) {
    command.error("error: option '--match' chooses scripts; add --only scripts");
  }
  return options;
}

function knownPrefix(prefix: string): string {
  if (cases.some(({ script }) => script.startsWith(prefix))) return prefix;
  const domains = new Set(cases.map(({ script }) => script.slice(0, script.indexOf("."))));
  throw new InvalidArgumentError(`No script begins with it. The domains are ${[...domains].join(", ")}.`);
}

function chosenNames(text: string): string[] {
  const chosen = text.split(",").map((name) => name.trim());
  if (chosen.every((name) => NAMES.includes(name))) return chosen;
  throw new InvalidArgumentError(`The benchmarks are ${NAMES.join(", ")}.`);
}

/** Runs one benchmark on servers that nothing else uses. */
async function measured(benchmark: Benchmark, progress: (text: string) => void): Promise<readonly Measure[]> {
  const server = await startRedis({ own: true });
  const postgres = await startPostgres();
  const redis = new Redis(server.url);
  const pool = new Pool({ connectionString: postgres.url });
  // The pool's connections may still be ending when the server stops.
  pool.on("error", () => {});
  const moonpath = createMoonpath(redis, { namespace: "bench", deadlineMs: 10_000 });
  try {
    await moonpath.ready();
    return await benchmark({ redis, moonpath, acme: moonpath.tenant("acme"), pool, progress });
  } finally {
    moonpath.close();
    redis.disconnect();
    await pool.end();
    await postgres.stop();
    await server.stop();
  }
}

function line({ what, figure, promise, ok }: Measure): string {
  return `${ok ? "ok  " : "FAIL"} ${what}: ${figure}${promise === undefined ? "" : ` (${promise})`}`;
}

process.exitCode = await main();
