import { writeFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { createLogUpdate } from "log-update";
import { TestingError } from "../../src/testing/index.js";
import { reportFile } from "../codegen/src/report-file.js";
import { ensureRedis } from "../servers/install.js";
import { type EngineUnderTest, identify } from "./engine.js";
import type { Scale } from "./fault-run.js";
import { faults } from "./faults.js";
import { type Outcome, runFault } from "./run.js";
import { faultsJson, faultsPage } from "./table.js";

interface Options {
  readonly quick: boolean;
  readonly only?: readonly number[];
  readonly json?: string;
  readonly page?: string;
  readonly redis?: string;
  readonly also: readonly string[];
}

/** A full run of one fault may take ten minutes, a quick one two. */
const LIMIT_MS = { full: 600_000, quick: 120_000 } as const;

const PAGE = "docs/faults.md";

async function main(): Promise<number> {
  const options = readOptions();
  await ensureRedis({ own: true, group: true });
  const chosen = faults.filter(({ id }) => options.only === undefined || options.only.includes(id));
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  const show = display();
  const outcomes: Outcome[] = [];
  for (const { engine, scale } of await planned(options)) {
    for (const fault of chosen) {
      if (stop.signal.aborted) break;
      const outcome = await runFault(fault, {
        scale,
        engine,
        limitMs: LIMIT_MS[scale],
        signal: stop.signal,
        progress: ({ id, name }, text) => show.now(`${id} ${name}: ${text}`),
      });
      outcomes.push(outcome);
      show.done(line(outcome));
    }
  }
  show.end();
  const page = options.page ?? (!options.quick && options.only === undefined ? PAGE : undefined);
  const complete = !stop.signal.aborted;
  if (complete && page !== undefined) await writeFile(page, faultsPage(outcomes, today()));
  if (complete && options.json !== undefined) await writeFile(options.json, faultsJson(outcomes));
  return complete && outcomes.every(({ ok }) => ok) ? 0 : 1;
}

function readOptions(): Options {
  return new Command("npm run faults --")
    .description("Runs every fault of docs/faults.md against real servers, each with its control.")
    .option("--quick", "smaller runs of the same kind, for the test suite; writes no page", false)
    .option("--only <numbers>", "these faults, as in 3,8", numbers)
    .option("--json <file>", "write the findings there as JSON", reportFile)
    .option("--page <file>", `write the table there (a full run of all: ${PAGE})`, reportFile)
    .option("--redis <program>", "the server program to run on (default: redis-server of the PATH)")
    .option("--also <programs>", "server programs on which a quick run follows, as in a,b", words, [])
    .parse()
    .opts<Options>();
}

function numbers(text: string): number[] {
  const known = new Set(faults.map(({ id }) => id));
  const chosen = words(text).map(Number);
  if (chosen.every((id) => known.has(id))) return chosen;
  throw new InvalidArgumentError(`There are the faults ${[...known].join(", ")}.`);
}

function words(text: string): string[] {
  return text.split(",").map((word) => word.trim());
}

/** The engines, each with the size of its run: the first as asked for, quick ones on the others. */
function planned({ redis, also, quick }: Options): Promise<{ engine: EngineUnderTest; scale: Scale }[]> {
  return Promise.all(
    [redis, ...also].map(async (program, place) => {
      const scale: Scale = quick || place > 0 ? "quick" : "full";
      return { engine: await identify(program), scale };
    }),
  );
}

function line({ id, name, size, figure, control, ok, note, elapsedMs, engine }: Outcome): string {
  const without = control === undefined ? "" : `\n     without the guard: ${control}`;
  const why = note === undefined ? "" : `\n     ${note}`;
  const seconds = (elapsedMs / 1_000).toFixed(1);
  return `${ok ? "ok  " : "FAIL"} ${id} ${name} (${engine}, ${seconds} s)\n     ${size}\n     ${figure}${without}${why}`;
}

/** One live line for what runs, on a terminal; elsewhere only what is done. */
function display(): { now(text: string): void; done(text: string): void; end(): void } {
  const live = process.stdout.isTTY ? createLogUpdate(process.stdout) : undefined;
  return {
    now: (text) => live?.(text),
    done: (text) => {
      live?.clear();
      process.stdout.write(`${text}\n`);
    },
    end: () => live?.done(),
  };
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

process.exitCode = await main().catch((error: unknown) => {
  // A server program that is none, or none at all: told as it is, without a stack.
  if (!(error instanceof TestingError)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  return 1;
});
