import { writeFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { Redis } from "ioredis";
import { createLogUpdate } from "log-update";
import { Pool } from "pg";
import { createMoonpath } from "../../src/index.js";
import { startPostgres, startRedis } from "../../src/testing/index.js";
import { reportFile } from "../codegen/src/report-file.js";
import { ensureRedis } from "../servers/install.js";
import type { Benchmark, Measure } from "./benchmark.js";
import { claims } from "./claims.js";
import { views } from "./views.js";

const PAGE = "docs/benchmarks.md";
const benchmarks: Readonly<Record<string, Benchmark>> = { claims, views };

async function main(): Promise<number> {
  const { only, page } = readOptions();
  await ensureRedis();
  const chosen = Object.entries(benchmarks).filter(([name]) => only === undefined || only.includes(name));
  const live = process.stdout.isTTY ? createLogUpdate(process.stdout) : undefined;
  const measures: Measure[] = [];
  for (const [name, benchmark] of chosen) {
    const found = await measured(benchmark, (text) => live?.(`${name}: ${text}`));
    live?.clear();
    for (const measure of found) process.stdout.write(`${line(measure)}\n`);
    measures.push(...found);
  }
  live?.done();
  const target = page ?? (only === undefined ? PAGE : undefined);
  if (target !== undefined) await writeFile(target, benchmarksPage(measures));
  return measures.every(({ ok }) => ok) ? 0 : 1;
}

function readOptions(): { readonly only?: readonly string[]; readonly page?: string } {
  const names = Object.keys(benchmarks).join(", ");
  return new Command("npm run bench --")
    .description("Measures rates and ratios on its own servers.")
    .option("--only <names>", `run only these: ${names}`, chosenNames)
    .option("--page <file>", `write the page to this file (default of a full run: ${PAGE})`, reportFile)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse()
    .opts();
}

function chosenNames(text: string): string[] {
  const chosen = text.split(",").map((name) => name.trim());
  if (chosen.every((name) => name in benchmarks)) return chosen;
  throw new InvalidArgumentError(`The benchmarks are ${Object.keys(benchmarks).join(", ")}.`);
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
    return await benchmark({ redis, acme: moonpath.tenant("acme"), pool, progress });
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

function benchmarksPage(measures: readonly Measure[]): string {
  const rows = measures.map(
    ({ what, figure, promise = "", ok }) => `| ${what} | ${figure} | ${promise} | ${ok ? "yes" : "**no**"} |`,
  );
  return `# Benchmarks

\`npm run bench\` writes this page. The results are of one run on ${new Date().toISOString().slice(0, 10)}. Servers and client shared the cores of one machine.
Times depend on the machine. Ratios are similar on other machines.

| Measurement | Result | Promise | Kept |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
}

process.exitCode = await main();
