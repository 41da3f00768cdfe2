import { Command, CommanderError, InvalidArgumentError, Option } from "commander";

/** The options of the command line. */
export interface Options {
  /** The invoice file. Absent: invoices are generated from the seed. */
  readonly data?: string;
  /** Units of each product at the start. */
  readonly stock: number;
  /**
   * The most lines to replay. Absent: all lines of a file, or the default number of generated ones.
   */
  readonly limit?: number;
  /** The file for the result. */
  readonly json?: string;
  /** Whether the shop has caches, and whether it also keeps values in its memory. */
  readonly cache: "on" | "off";
  readonly l1: boolean;
  /** How many seconds visitors browse the shop after the replay; 0: not at all. */
  readonly browse: number;
  /** Whether to exit after the summary. */
  readonly once: boolean;
  /** The port of the shop; 0 selects a free one. */
  readonly port: number;
  /** The seed of generated invoices, and of events that arrive twice or late. */
  readonly seed: number;
}

/** Ends the program with this status, after commander has printed help or an error. */
export class UsageExit extends Error {
  constructor(readonly status: number) {
    super("usage");
  }
}

const MAX_STOCK = 1_000_000_000;

/**
 * Parses the command line, without program name. Throws `UsageExit` with status 0 after `--help`,
 * and with 2 after a wrong option. `print` and `printError` receive the text.
 */
export function readOptions(
  args: readonly string[],
  print: (text: string) => void,
  printError: (text: string) => void,
): Options {
  const command = new Command("npm start --")
    .description(
      "Starts a small shop and replays invoices against it. Some events are delivered twice or late.",
    )
    .option(
      "--data <file>",
      "read invoices in the Online Retail format, plain or gzip (default: generated ones)",
    )
    .option("--stock <units>", "units of each product at the start", whole(0, MAX_STOCK), 1_000)
    .option("--limit <lines>", "replay at most this many lines", whole(1, Number.MAX_SAFE_INTEGER))
    .option("--json <file>", "write the result to this file")
    .addOption(
      new Option("--cache <on|off>", "whether the shop has caches").choices(["on", "off"]).default("on"),
    )
    .option("--l1", "keep values of the caches in the memory of the shop too", false)
    .option("--browse <seconds>", "how long visitors browse after the replay", whole(0, 3_600), 5)
    .option("--once", "exit after the summary, with 0 if the books balance, else 1", false)
    .option("--port <port>", "HTTP port of the shop; 0 selects a free one", whole(0, 65_535), 0)
    .option(
      "--seed <number>",
      "seed of the generated invoices and of late and double deliveries",
      whole(0, 4_294_967_295),
      1,
    )
    .addHelpText("after", ENVIRONMENT)
    .allowExcessArguments(false)
    .configureOutput({ writeOut: print, writeErr: printError })
    .exitOverride();
  try {
    command.parse([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) throw new UsageExit(error.exitCode === 0 ? 0 : 2);
    throw error;
  }
  return command.opts<Options>();
}

const ENVIRONMENT = `
Environment:
  REDIS_URL     use this Redis instead of starting one; several URLs, separated by commas, name a cluster
  REDIS_ADDR    the same, as host:port; the other REDIS_ variables of docs/client.md hold for both
  DATABASE_URL  use this PostgreSQL instead of starting one
A given server keeps its data: each run uses its own names and removes them at the end.`;

/** Parses a whole number of an option. */
export function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`A whole number from ${least} to ${most} is expected.`);
    }
    return value;
  };
}
