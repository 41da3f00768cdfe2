import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { ensureRedis } from "../../../tools/servers/install.js";
import { whole } from "../options.js";
import { reasonsOf } from "../reasons.js";
import { summarise } from "../summary.js";
import { runKills } from "./run.js";

interface Options {
  readonly data?: string;
  readonly stock: number;
  readonly limit: number;
  readonly kills: number;
  readonly seed: number;
}

/** `npm run storefront:kill`: the storefront, while Redis and the shop are killed. */
async function main(): Promise<number> {
  const { data, stock, limit, kills, seed } = new Command("npm run storefront:kill --")
    .description("Replays invoices while Redis and the shop are killed with SIGKILL, and checks the books.")
    .option("--data <file>", "read invoices in the Online Retail format (default: generated ones)")
    .option("--stock <units>", "units of each product at the start", whole(0, 1_000_000_000), 1_000)
    .option("--limit <lines>", "replay at most this many lines", whole(1, Number.MAX_SAFE_INTEGER), 5_000)
    .option("--kills <number>", "how often something is killed", whole(0, 1_000), 12)
    .option("--seed <number>", "seed of invoices and deliveries", whole(0, 4_294_967_295), 1)
    .allowExcessArguments(false)
    .parse()
    .opts<Options>();
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort(new Error("stopped by SIGINT")));
  await ensureRedis({ own: true });
  const program = fileURLToPath(new URL("./shop-process.ts", import.meta.url));
  const { findings, differences, killed } = await runKills(
    { data, stock, limit, kills, seed, program },
    { output: process.stdout, signal: interrupted.signal },
  );
  process.stdout.write(`${summarise(findings, differences)}\n`);
  process.stdout.write(
    `Killed: Redis ${killed.redis} times, the shop ${killed.shop} times. ${findings.sent.retries} deliveries were retried.\n`,
  );
  return differences.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`The run failed: ${reasonsOf(error)}\n`);
  process.exitCode = 1;
}
