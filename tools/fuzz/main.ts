import { parseArgs } from "node:util";
import { ensureRedis } from "../servers/install.js";
import { type Outcome, runTargets } from "./support/run.js";
import { TARGETS } from "./targets/index.js";

const HELP = `Usage: npm run fuzz -- [options]

Tries saved inputs, then new ones, on each target: ${TARGETS.join(", ")}.
It saves a finding in test/tools/fuzz/corpus/<target>, and then ends with exit code 1. The same seed generates the same inputs.

  --seconds N   whole seconds for each target; 0 tries only the saved inputs (default 20)
  --only NAMES  run only these targets, separated by commas (default: all)
  --seed N      a whole number from 0 to 1000000000 (default 1)
  --help        print this text

Example: npm run fuzz -- --only sources,calls --seconds 600 --seed 7
`;

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === "number") return options;
  await ensureRedis();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => process.exit(130));
  const outcomes = await runTargets({
    ...options,
    hangMs: 10_000,
    corpusRoot: "test/tools/fuzz/corpus",
    module: (name) => new URL(`./targets/${name}.ts`, import.meta.url).href,
    ended: (outcome) => process.stdout.write(`${line(outcome)}\n`),
  });
  const failed = outcomes.filter(({ findings }) => findings.length > 0).length;
  process.stdout.write(`${outcomes.length - failed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

/** The options, or the exit code if there is nothing to run. */
function readOptions(): { targets: string[]; seconds: number; seed: number } | number {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: "string", default: "20" },
        only: { type: "string", default: TARGETS.join(",") },
        seed: { type: "string", default: "1" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      process.stdout.write(HELP);
      return 0;
    }
    return {
      targets: values.only.split(",").map(known),
      seconds: whole("--seconds", values.seconds, 86_400),
      seed: whole("--seed", values.seed, 1_000_000_000),
    };
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return 2;
  }
}

function known(name: string): string {
  const trimmed = name.trim();
  if (TARGETS.some((target) => target === trimmed)) return trimmed;
  throw new Error(
    `--only: there is no target ${JSON.stringify(trimmed)}; the targets are ${TARGETS.join(", ")}`,
  );
}

function whole(option: string, text: string, max: number): number {
  const number = /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number <= max) return number;
  throw new Error(`${option} is a whole number from 0 to ${max}`);
}

function line({ target, tried, perSecond, findings, seed, notes }: Outcome): string {
  const count = `${findings.length} ${findings.length === 1 ? "finding" : "findings"}`;
  const head = `${target.padEnd(9)} ${tried} inputs, ${perSecond}/s, ${count}, seed ${seed}`;
  return [head, ...notes.map((note) => `  ${note.split("\n").join("\n  ")}`)].join("\n");
}

process.exitCode = await main();
