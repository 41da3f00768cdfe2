import { Closing } from "../closing.js";
import { reasonsOf } from "../reasons.js";
import { openServers } from "../servers.js";
import { type OpenShop, openShop } from "../shop/open.js";
import { compareLoads, describeLoad, loadShop } from "./autocannon.js";
import { countedPool, type QueryCounts } from "./counted-pool.js";
import { type ComparisonOptions, MAX_SECONDS, readComparisonOptions } from "./options.js";
import { compareRuns, describeRun } from "./report.js";
import { type BrowseOptions, type BrowseResult, browse } from "./run.js";

/** `npm run storefront:browse`: the same requests without and with caches. */
async function main(): Promise<number> {
  const options = readComparisonOptions(process.argv);
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort(new Error("stopped by SIGINT")));
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const run = async (cache: "on" | "off", name: string, size: Partial<BrowseOptions> = {}) => {
    const result = await browseOwnShop({ ...options, ...size }, cache, print, interrupted.signal);
    for (const line of describeRun(result, name)) print(line);
    print("");
    return result;
  };
  if (options.generator === "autocannon") return loadBoth(options, print, interrupted.signal);
  const onName = options.l1 ? "cache on, with L1" : "cache on";
  const off = options.cache === "on" ? undefined : await run("off", "cache off");
  // The second run sends the same requests, however long it takes.
  const same = off && { requests: off.load.requests, seconds: MAX_SECONDS };
  const on = options.cache === "off" ? undefined : await run("on", onName, same);
  if (off !== undefined && on !== undefined) for (const line of compareRuns(off, on)) print(line);
  const results = [off, on].filter((result) => result !== undefined);
  return results.some(({ load }) => load.stale > 0 || load.failed > 0) ? 1 : 0;
}

/** The same with autocannon. */
async function loadBoth(
  options: ComparisonOptions,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const run = async (cache: "on" | "off", name: string) => {
    if (options.cache !== "both" && options.cache !== cache) return undefined;
    const result = await inOwnShop(options, cache, print, signal, (shop, counts) =>
      loadShop(shop, counts, options, signal),
    );
    print(describeLoad(name, result));
    return result;
  };
  const off = await run("off", "cache off");
  const on = await run("on", options.l1 ? "cache on, with L1" : "cache on");
  if (off && on) for (const line of compareLoads(off, on)) print(line);
  return off?.failed || on?.failed ? 1 : 0;
}

async function browseOwnShop(
  options: ComparisonOptions,
  cache: "on" | "off",
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<BrowseResult> {
  return inOwnShop(options, cache, print, signal, (shop, counts) => browse(shop, counts, options, signal));
}

/** Each run has servers, tables and keys of its own, so none finds what another one has stored. */
async function inOwnShop<Result>(
  options: ComparisonOptions,
  cache: "on" | "off",
  print: (line: string) => void,
  signal: AbortSignal,
  use: (shop: OpenShop, counts: QueryCounts) => Promise<Result>,
): Promise<Result> {
  const closing = new Closing();
  try {
    const servers = await openServers(closing, signal);
    const { pool, counts } = countedPool(servers.pool, options.databaseMs);
    const shop = await openShop({ ...servers, pool }, 0, closing, print, { cache, l1: options.l1 });
    return await use(shop, counts);
  } finally {
    await closing.closeAll(print);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`The run failed: ${reasonsOf(error)}\n`);
  process.exitCode = 1;
}
