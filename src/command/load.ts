import { lookup } from "node:dns/promises";
import { CommandError } from "./errors.js";
import { loadEverywhere, type NodeReport } from "./load-everywhere.js";
import { readScripts, shippedScripts } from "./scripts.js";
import { connect, readServer, type Server } from "./server.js";
import { print } from "./terminal.js";

/** The options of `moonpath load`. */
export interface LoadOptions {
  readonly redis?: string;
  readonly scripts?: string;
  readonly follow?: boolean;
}

/** For all nodes together. Loading takes milliseconds, so only silent nodes reach the limit. */
const LIMIT_MS = 60_000;

export const LOAD_HELP = `Usage: moonpath load [options]

Loads the generated scripts on every node of a cluster, or on a primary and its replicas.

Options:
  --redis <urls>   one or more servers, separated by commas (default: REDIS_URL)
  --scripts <dir>  folder of generated Lua (default: the scripts of the package moonpath)
  --follow         send the password to all hosts that these servers report
  -h, --help       show this text

Examples:
  $ moonpath load --redis redis://moonpath-deploy:password@10.0.0.1:6379
  $ moonpath load --redis redis://10.0.0.1:7000,redis://10.0.0.2:7000 --scripts generated/lua

The command asks the servers that you name for the other nodes of the cluster, or for the replicas of the primary.
It sends the password only to the hosts that you name. It reports nodes on other hosts as not loaded: add them to
--redis, or trust all reported hosts with --follow.`;

/** Runs `moonpath load`. Services then need no permission for SCRIPT LOAD. */
export async function runLoad(options: LoadOptions): Promise<void> {
  const urls = (options.redis ?? process.env["REDIS_URL"] ?? "").split(",").filter((url) => url !== "");
  if (urls.length === 0)
    throw new CommandError("load needs a server: set --redis redis://host:6379, or REDIS_URL", 2);
  // A server has one script cache for all databases.
  const seeds = urls.map((url) => ({ ...readServer(url), database: 0 }));
  const { scripts: folder } = options;
  const scripts = folder === undefined ? shippedScripts() : await readScripts(folder);
  const origin = folder === undefined ? " of the package moonpath" : "";
  if (scripts.size === 0)
    throw new CommandError(
      `${folder} has no .lua file; set --scripts to the folder of your generated Lua`,
      2,
    );
  const hosts = await hostsOf(seeds);
  const isTrusted = ({ host }: { readonly host: string }) => options.follow === true || hosts.has(host);
  const reports = await loadEverywhere(seeds, scripts, { nameOf, withAddress, isTrusted, connect }, LIMIT_MS);
  const faults = reports.filter(({ fault }) => fault !== undefined);
  for (const report of reports.filter(({ fault }) => fault === undefined))
    print(`${labelOf(report)}: ${count(scripts.size, "script")}${origin} loaded`);
  if (faults.length === 0) return;
  const lines = faults.map((report) => `${labelOf(report)}: not loaded: ${report.fault}`);
  throw new CommandError(
    `scripts are missing on ${faults.length} of ${count(reports.length, "node")}; fix the errors below, then run moonpath load again\n${lines.join("\n")}`,
  );
}

/** The hosts of the option and their IP addresses, because servers report each other by address. */
async function hostsOf(seeds: readonly Server[]): Promise<ReadonlySet<string>> {
  const hosts = new Set<string>();
  for (const { address } of seeds) {
    if (!("host" in address)) continue;
    hosts.add(address.host);
    const addresses = await lookup(address.host, { all: true }).catch(() => []);
    for (const { address } of addresses) hosts.add(address);
  }
  return hosts;
}

function labelOf({ name, role }: NodeReport): string {
  return role === undefined ? name : `${name} (${role})`;
}

const nameOf = ({ name }: Server) => name;

/** The server at another address, with the user and the encryption of this one. */
function withAddress(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Server {
  const { address } = server;
  const tls = "tls" in address && address.tls !== undefined ? { tls: address.tls } : {};
  const shownHost = host.includes(":") ? `[${host}]` : host;
  const scheme = "tls" in tls ? "rediss" : "redis";
  return { ...server, name: `${scheme}://${shownHost}:${port}`, address: { host, port, ...tls } };
}

/** `1 node`, `2 nodes` */
function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? "" : "s"}`;
}
