import { Command, InvalidArgumentError } from "commander";
import { reportFile } from "../codegen/src/report-file.js";
import { benchmarks } from "./benchmarks/index.js";
import { cases } from "./scripts/cases/index.js";

/** The page that a full run writes. */
export const PAGE = "docs/benchmarks.md";
/** The benchmark of the scripts, which compares them with scripts written by hand. */
export const SCRIPTS = "scripts";
const NAMES = [...Object.keys(benchmarks), SCRIPTS];

const EXAMPLES = `
Examples:
  npm run bench -- --quick --json figures.json
  npm run bench -- --only locks,limits --page locks.md
  npm run bench -- --only scripts --match stock.

A target that is not reached is printed as FAIL, and the exit code stays 0. It is 1 if a benchmark could not run, and 2 for a
wrong option.`;

/** What the command line says. */
export interface Options {
  /** The benchmarks to run, in the order of the page. */
  readonly names: readonly string[];
  readonly isQuick: boolean;
  readonly match: string | undefined;
  /** Undefined if no page is written. */
  readonly page: string | undefined;
  readonly json: string | undefined;
}

interface Given {
  readonly only?: readonly string[];
  readonly match?: string;
  readonly page?: string;
  readonly json?: string;
  readonly quick?: true;
}

/** Reads the options. Ends the process with 2 if one is wrong. */
export function readOptions(): Options {
  const command = new Command("npm run bench --");
  const { only, match, page, json, quick } = command
    .description("Measures Moonpath beside the peers that users pick, on its own servers.")
    .option("--only <names>", `run only these: ${NAMES.join(", ")}`, chosenNames)
    .option(
      "--match <prefix>",
      "of the scripts, measure those whose name begins with this, such as stock.",
      knownPrefix,
    )
    .option(
      "--quick",
      `small sizes, in less than four minutes; without --only it leaves out ${longNames().join(" and ")}; it writes no page without --page`,
    )
    .option(
      "--page <file>",
      `write the page to this file (default: ${PAGE}), and plots beside it`,
      reportFile,
    )
    .option("--json <file>", "write the cases to this file, except those of the scripts", reportFile)
    .addHelpText("after", EXAMPLES)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse()
    .opts<Given>();
  if (match !== undefined && !(only ?? []).includes(SCRIPTS)) {
    command.error("error: option '--match' chooses scripts; add --only scripts");
  }
  const isQuick = quick === true;
  return {
    names: NAMES.filter((name) => only?.includes(name) ?? !(isQuick && longNames().includes(name))),
    isQuick,
    match,
    page: page ?? (isQuick ? undefined : PAGE),
    json,
  };
}

function longNames(): string[] {
  return NAMES.filter((name) => name === SCRIPTS || benchmarks[name]?.isLong);
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
