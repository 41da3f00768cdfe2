import { parseArgs } from "node:util";

export const HELP = `Usage: npm run mutate -- [options]

Plants small faults in the Lua scripts, one at a time: removed guards, swapped comparisons and skipped
writes. It runs the tests of test/lua on a real server, and lists the faults that no test finds.
It stores results in tools/mutate/results. Run the same command to continue an interrupted run. After a
change of a script or a test, it repeats only the mutants concerned. The exit code is 0 if the score is
reached.

  --only <names>     scripts, domains or files of lua/lib, such as stock.adjust,price,lib/stored_integer.lua
  --model            run only the model tests, each by itself
  --named            run only the named guards: each is removed 20 times, with its model test alone
  --seeds <seeds>    seeds of the model tests, such as 7,8 (default: those of every test run)
  --workers <n>      the number of test processes (default: 2)
  --accepted         also run the accepted mutants; no test may find one
  --list             list the mutants and run nothing
  --page <file>      write the report to this file (default of a complete run: docs/mutation.md)
  --help             print this text

Example: npm run mutate -- --only stock.adjust
`;

/** The options of a run. */
export interface Options {
  readonly only: readonly string[];
  readonly mode: "all" | "model" | "named";
  readonly seeds: string;
  readonly workers: number;
  readonly accepted: boolean;
  readonly list: boolean;
  readonly page: string | undefined;
  readonly help: boolean;
}

/** @throws Error if an option or its value is unknown */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      model: { type: "boolean", default: false },
      named: { type: "boolean", default: false },
      seeds: { type: "string", default: "fixed" },
      workers: { type: "string", default: "2" },
      accepted: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      page: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const workers = Number(values.workers);
  if (!Number.isInteger(workers) || workers < 1 || workers > 16) {
    throw new Error(`--workers takes a whole number from 1 to 16, not ${values.workers}`);
  }
  const only = values.only?.split(",").filter((name) => name !== "");
  if (only?.length === 0) throw new Error("--only needs the name of a script, a domain or a file of lua/lib");
  if (!/^(fixed|\d+(,\d+)*)$/.test(values.seeds)) {
    throw new Error(`--seeds takes whole numbers such as 7,8, not ${values.seeds}`);
  }
  if (values.model && values.named) throw new Error("--named runs the model tests; leave --model out");
  return {
    only: only ?? [],
    mode: values.named ? "named" : values.model ? "model" : "all",
    seeds: values.seeds,
    workers,
    accepted: values.accepted,
    list: values.list,
    page: values.page,
    help: values.help,
  };
}
