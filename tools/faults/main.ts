import { writeFile } from "node:fs/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { createLogUpdate } from "log-update";
import { TestingError } from "../../src/testing/index.js";
import { reportFile } from "../codegen/src/report-file.js";
import { ensureRedis } from "../servers/install.js";
import { type EngineUnderTest, identify } from "./engine.js";
import type { Scale } from "./fault-run.js";
import { faults } from "./faults.js";
import { faultsJson, faultsPage } from "./page.js";
import { type Outcome, runFault } from "./run.js";
import { CLIENTS, type ClientName } from "./support/client-under-test.js";

interface Options {
  readonly quick: boolean;
  readonly only?: readonly number[];
  readonly json?: string;
  readonly page?: string;
  readonly redis?: string;
  readonly also: readonly string[];
  readonly client: ClientName;
}

/** The time limit of one fault. In full size it is long, because a busy machine starts processes slowly. */
const LIMIT_MS = { full: 1_200_000, quick: 240_000 } as const;

const PAGE = "docs/faults.md";

async function main(): Promise<number> {
  const options = readOptions();
  process.env["MOONPATH_FAULTS_CLIENT"] = options.client; // Workers inherit it.
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
  const isWhole = !options.quick && options.only === undefined && options.client === CLIENTS[0];
  const page = options.page ?? (isWhole ? PAGE : undefined);
  const complete = !stop.signal.aborted;
  if (complete && page !== undefined) await writeFile(page, faultsPage(outcomes, today()));
  if (complete && options.json !== undefined) await writeFile(options.json, faultsJson(outcomes));
  return complete && outcomes.every(({ ok }) => ok) ? 0 : 1;
}

function readOptions(): Options {
  return new Command("npm run faults --")
    .description("Runs every fault of docs/faults.md against real servers, each with its control.")
    .option("--quick", "run the faults in small sizes; writes no page", false)
    .option("--only <numbers>", "run only these faults, such as 3,8", numbers)
    .option("--json <file>", "write the results to this file as JSON", reportFile)
    .option("--page <file>", `write the page to this file (default of a full run: ${PAGE})`, reportFile)
    .option("--redis <program>", "the server program (default: redis-server from the PATH)")
    .option("--also <programs>", "server programs for an additional quick run, such as a,b", words, [])
    .addOption(
      new Option("--client <name>", "the client library of the calls").choices(CLIENTS).default(CLIENTS[0]),
    )
    .addHelpText("after", "\nExample: npm run faults -- --quick --only 3,7 --client node-redis")
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse()
    .opts<Options>();
}

function numbers(text: string): number[] {
  const known = new Set(faults.map(({ id }) => id));
  const chosen = words(text).map(Number);
  if (chosen.every((id) => known.has(id))) return chosen;
  throw new InvalidArgumentError(`The faults are ${[...known].join(", ")}.`);
}

function words(text: string): string[] {
  return text.split(",").map((word) => word.trim());
}

/** The server programs, each with the size of its run: all after the first have quick runs. */
function planned({ redis, also, quick }: Options): Promise<{ engine: EngineUnderTest; scale: Scale }[]> {
  return Promise.all(
    [redis, ...also].map(async (program, place) => {
      const scale: Scale = quick || place > 0 ? "quick" : "full";
      return { engine: await identify(program), scale };
    }),
  );
}

function line({ id, name, size, figure, control, ok, note, elapsedMs, engine }: Outcome): string {
  const without = control === "" ? "" : `\n     control: ${control}`;
  const why = note === undefined ? "" : `\n     ${note}`;
  const seconds = (elapsedMs / 1_000).toFixed(1);
  return `${ok ? "ok  " : "FAIL"} ${id} ${name} (${engine}, ${seconds} s)\n     ${size}\n     ${figure}${without}${why}`;
}

/** On a terminal, the last line shows the progress. Elsewhere only results are printed. */
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
  // No server program was found, or the named one is not a server: print no stack.
  if (!(error instanceof TestingError)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  return 2;
});
