import { HELP, readOptions } from "./options.js";
import type { Search } from "./searches.js";
import { checkPrograms, EnvironmentError, type Result, searchOf } from "./spin.js";

/**
 * Runs the searches. The exit code is 0 if all are as expected, 1 if one is not, 2 if it cannot run.
 */
async function main(args: readonly string[]): Promise<number> {
  const { searches, show, list, limitMs, help } = readOptions(args);
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (list) {
    for (const search of searches) print(`${nameOf(search)}  ${search.label} (${search.place})`);
    return 0;
  }
  await checkPrograms();
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const results: Result[] = [];
  for (const search of searches) {
    const result = await searchOf(search, { show, limitMs, signal: stop.signal });
    results.push(result);
    print(lineOf(result));
    for (const [index, step] of result.steps.entries()) print(`${String(index + 1).padStart(8)}. ${step}`);
  }
  const unexpected = results.filter((result) => !isExpected(result)).length;
  const states = results.reduce((sum, result) => sum + (result.states ?? 0), 0);
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  print(
    `${results.length} searches, ${unexpected} not as expected, ${states} states, ${Math.round(seconds)} s`,
  );
  return unexpected === 0 ? 0 : 1;
}

function isExpected({ outcome, search }: Result): boolean {
  return outcome === search.expected;
}

function nameOf({ model, macros }: Search): string {
  return [model, ...macros].join(" ");
}

function lineOf(result: Result): string {
  const { search, outcome, states, seconds, message } = result;
  const ok = isExpected(result);
  const end = ok ? search.label : `expected: ${search.expected}; ${search.label}; ${message ?? "no message"}`;
  return [
    ok ? "ok  " : "FAIL",
    nameOf(search).padEnd(30),
    outcome.padEnd(5),
    `${states ?? "?"} states`.padStart(15),
    `${seconds.toFixed(1)} s`.padStart(7),
    end,
  ].join("  ");
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const kind = error instanceof EnvironmentError ? "error of the environment" : "error";
  process.stderr.write(`${kind}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
