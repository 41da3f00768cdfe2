import { Command, Option } from "commander";
import { whole } from "../options.js";
import type { BrowseOptions } from "./run.js";
import { SIZES } from "./world.js";

export const MAX_SECONDS = 3_600;

/** Visitors at once. With more of them, a shop in one process on two cores mostly waits for its own CPU. */
export const DEFAULT_VISITORS = 2;

/** The options of `npm run storefront:browse`. */
export interface ComparisonOptions extends BrowseOptions {
  readonly cache: "both" | "on" | "off";
  readonly l1: boolean;
  /** `autocannon`: in a process of its own, without checks of what is stale. */
  readonly generator: "visitors" | "autocannon";
  /** Autocannon sends requests of this kind only: batches of so many products. */
  readonly batchOf: number | undefined;
  /** How much later each statement is sent to the database. */
  readonly databaseMs: number;
}

/** Parses the command line. Commander ends the process after help or a wrong option. */
export function readComparisonOptions(argv: readonly string[]): ComparisonOptions {
  return new Command("npm run storefront:browse --")
    .description("Sends the same requests to a shop without and with caches, and compares both.")
    .option(
      "--seconds <seconds>",
      "how long visitors send requests; the second run sends as many as the first",
      whole(1, MAX_SECONDS),
      60,
    )
    .option("--requests <number>", "stop earlier, after so many requests", whole(1, 10_000_000))
    .option("--visitors <number>", "visitors at once", whole(1, 1_000), DEFAULT_VISITORS)
    .option("--products <number>", "products of the shop", whole(50, 10_000), SIZES.products)
    .option("--seed <number>", "seed of the shop and of the requests", whole(0, 4_294_967_295), 1)
    .addOption(new Option("--cache <which>", "which runs").choices(["both", "on", "off"]).default("both"))
    .option(
      "--database-ms <ms>",
      "send each statement so much later, as to a database that is slow or far away",
      whole(0, 1_000),
      0,
    )
    .addOption(
      new Option(
        "--generator <which>",
        "who sends requests; autocannon is a process of its own, and checks no replies",
      )
        .choices(["visitors", "autocannon"])
        .default("visitors"),
    )
    .option("--batch-of <products>", "autocannon sends only batches of so many products", whole(1, 100))
    .option("--l1", "keep values in the memory of the shop too", false)
    .addHelpText(
      "after",
      `\nExample:\n  npm run storefront:browse -- --generator autocannon --visitors 50 --seconds 30 --l1`,
    )
    .allowExcessArguments(false)
    .parse([...argv])
    .opts<ComparisonOptions>();
}
