import { once } from "node:events";
import { ArgumentError } from "moonpath";
import { TestingError } from "moonpath/testing";
import { countedPool, type QueryCounts } from "./browse/counted-pool.js";
import { DEFAULT_VISITORS } from "./browse/options.js";
import { describeRun } from "./browse/report.js";
import { browse } from "./browse/run.js";
import { SIZES } from "./browse/world.js";
import { Closing } from "./closing.js";
import { compare } from "./compare.js";
import { gatherFindings, type ReplayResult } from "./findings.js";
import { InvoiceFileError } from "./invoices/file.js";
import { type Invoices, openInvoices } from "./invoices/open.js";
import { type JsonFile, JsonFileError, openJsonFile } from "./json-file.js";
import type { Options } from "./options.js";
import { type Output, showProgress } from "./progress.js";
import { reasonsOf } from "./reasons.js";
import { ReplayError, ShopClient } from "./replay/http.js";
import { planDeliveries } from "./replay/plan.js";
import { replay } from "./replay/run.js";
import { Tally } from "./replay/tally.js";
import { type Findings, toResult } from "./result.js";
import { openServers } from "./servers.js";
import { ServersError } from "./servers-error.js";
import { settle } from "./settle.js";
import { type OpenShop, openShop } from "./shop/open.js";
import { describeBadLines, summarise } from "./summary.js";
import { unlessAborted } from "./wait.js";

/** The streams of a run, and the signal that ends it early. */
export interface RunStreams {
  readonly output: Output;
  readonly errors: Pick<NodeJS.WritableStream, "write">;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The program's exit codes. */
export const EXIT = {
  /** The books balance. */
  balanced: 0,
  /** The books do not balance, or the run failed. */
  failed: 1,
  /** Ctrl-C came before the summary; 130 is the usual status for that. */
  interrupted: 130,
} as const;

/** Errors whose message is all that a user needs. */
const EXPECTED = [
  ArgumentError,
  InvoiceFileError,
  JsonFileError,
  ReplayError,
  ServersError,
  TestingError,
] as const;

/** The most concurrent requests. More of them are not faster on two cores. */
const CONNECTIONS = 64;

/**
 * Replays invoices against its own shop and prints the summary. Without `once`, the server then
 * keeps running until the signal. Closes everything that it opened in any case, and returns the
 * exit code.
 */
export async function run(options: Options, { output, errors, signal }: RunStreams): Promise<number> {
  const closing = new Closing();
  const print = (text: string) => void output.write(`${text}\n`);
  const printError = (text: string) => void errors.write(`${text}\n`);
  try {
    const invoices = await openInvoices(options);
    const json = options.json === undefined ? undefined : await openJsonFile(options.json);
    if (json !== undefined) closing.add("the JSON file", () => json.discard());

    print("Starting Redis and PostgreSQL.");
    const servers = await unlessAborted(signal, openServers(closing, signal));
    for (const note of servers.env?.notes ?? []) printError(note);
    const { pool, counts } = countedPool(servers.pool);
    const opening = openShop({ ...servers, pool }, options.port, closing, printError, options);
    const shop = await unlessAborted(signal, opening);
    print(
      `${servers.description}. The shop listens at http://${shop.host}:${shop.port}. Send your own orders after the summary.`,
    );

    const tally = new Tally();
    const ended = await replayInvoices(options, invoices, shop, tally, output, signal);
    for (const line of describeBadLines(tally)) print(line);
    const findings = await unlessAborted(signal, gatherFindings(shop, ended));
    const balanced = await settleBooks(findings, json, print);
    const isFresh = options.browse === 0 || (await browseShop(options, shop, counts, print, signal));
    if (!options.once) await serveUntilAborted(shop, print, signal);
    return balanced && isFresh ? EXIT.balanced : EXIT.failed;
  } catch (error) {
    if (signal.aborted) {
      print("Interrupted. Closing the servers.");
      return EXIT.interrupted;
    }
    printError(isExpected(error) ? error.message : `The run failed: ${reasonsOf(error)}`);
    return EXIT.failed;
  } finally {
    await closing.closeAll(printError);
  }
}

/** Replays all invoices, and then does the work of the background jobs. */
async function replayInvoices(
  { seed, stock }: Options,
  invoices: Invoices,
  shop: OpenShop,
  tally: Tally,
  output: Output,
  signal: AbortSignal,
): Promise<ReplayResult> {
  const started = performance.now();
  const client = new ShopClient(shop, CONNECTIONS);
  const progress = showProgress(output, tally, invoices.lines);
  try {
    const deliveries = planDeliveries(invoices.read(), { seed, stock }, (line) => tally.count(line));
    await replay(deliveries, client, tally, signal);
    const orphans = await settle(shop, signal);
    tally.retries = client.retries;
    tally.limited = client.limited;
    return { stock, sent: tally, orphans, elapsedMs: performance.now() - started };
  } finally {
    progress.stop();
    client.close();
  }
}

/** Compares, prints, and writes the JSON file. Returns whether the books balance. */
async function settleBooks(
  findings: Findings,
  json: JsonFile | undefined,
  print: (text: string) => void,
): Promise<boolean> {
  const differences = compare(findings);
  print(summarise(findings, differences));
  await json?.write(toResult(findings, differences.length === 0));
  return differences.length === 0;
}

/** Lets visitors browse the shop. Returns whether none of them saw what was there before a write. */
async function browseShop(
  { seed, browse: seconds, cache, l1 }: Options,
  shop: OpenShop,
  counts: QueryCounts,
  print: (text: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const size = { seed, seconds, visitors: DEFAULT_VISITORS, products: SIZES.products };
  const result = await unlessAborted(signal, browse(shop, counts, size, signal));
  print("");
  for (const line of describeRun(result, `cache ${cache}${l1 ? ", with L1" : ""}`)) print(line);
  return result.load.stale === 0;
}

async function serveUntilAborted(
  { host, port }: OpenShop,
  print: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  print(
    `The server keeps running at http://${host}:${port} . Open /products, /offers/expiring, /jobs or /metrics. Stop it with Ctrl+C.`,
  );
  if (!signal.aborted) await once(signal, "abort");
  print("Closing the servers.");
}

function isExpected(error: unknown): error is Error {
  return EXPECTED.some((kind) => error instanceof kind);
}
