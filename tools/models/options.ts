import { parseArgs } from "node:util";
import { MODELS, SEARCHES, type Search } from "./searches.js";

export const HELP = `Usage: npm run models -- [options]

Searches the models of the cache protocol and of write-behind in test/models with spin, and compares the
results with the table in tools/models/searches.ts. A search without macros must find nothing. A search of a mutation, whose
macros remove a guard, must find a violation. It needs spin and gcc: apt-get install spin gcc

The exit code is 0 if all results are as expected. It is 1 if one is not, or if a search was incomplete. It
is 2 if the program cannot run.

  --only <names>   models or macros, such as tags,AT_ONCE
  --show           print the steps to each violation
  --list           list the searches and run nothing
  --seconds <n>    the time limit of each search (default: 120)
  --help           print this text

Example: npm run models -- --only AT_ONCE --show
`;

/** The options of a run. */
export interface Options {
  readonly searches: readonly Search[];
  readonly show: boolean;
  readonly list: boolean;
  readonly limitMs: number;
  readonly help: boolean;
}

/** @throws Error if an option or its value is unknown */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      show: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      seconds: { type: "string", default: "120" },
      help: { type: "boolean", default: false },
    },
  });
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3600) {
    throw new Error(`--seconds takes a whole number from 1 to 3600, not ${values.seconds}`);
  }
  const { show, list, help } = values;
  return { searches: chosen(values.only), show, list, limitMs: seconds * 1000, help };
}

function chosen(only: string | undefined): readonly Search[] {
  if (only === undefined) return SEARCHES;
  const names = only.split(",");
  const known = new Set([...MODELS.map(({ name }) => name), ...SEARCHES.flatMap(({ macros }) => macros)]);
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) throw new Error(`--only: no model and no macro has the name ${unknown.join(", ")}`);
  return SEARCHES.filter(({ model, macros }) =>
    names.some((name) => name === model || macros.includes(name)),
  );
}
