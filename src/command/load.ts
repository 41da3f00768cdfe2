import { lookup } from "node:dns/promises";
import { CommandError } from "./errors.js";
import { loadEverywhere, type NodeReport } from "./load-everywhere.js";
import { shippedScripts } from "./package.js";
import { readScripts } from "./scripts.js";
import { connect, readServer, type Server } from "./server.js";
import { print } from "./terminal.js";

/** What `moonpath load` may be told. */
export interface LoadOptions {
  readonly redis?: string;
  readonly scripts?: string;
  readonly follow?: boolean;
}

/** For all nodes together; loading takes milliseconds, so this is for nodes that do not answer. */
const LIMIT_MS = 60_000;

export const LOAD_HELP = `Usage: moonpath load [options]

Loads the generated scripts on every node of a cluster, or on a primary and its replicas.

Options:
  --redis <urls>   one server or several, with commas between them (default: REDIS_URL)
  --scripts <dir>  folder of generated Lua (default: the scripts of this package)
  --follow         send the password to every host that these servers name
  -h, --help       show this text

Examples:
  $ moonpath load --redis redis://moonpath-deploy:password@10.0.0.1:6379
  $ moonpath load --redis redis://10.0.0.1:7000,redis://10.0.0.2:7000 --scripts generated/lua

It finds the nodes of a cluster, or the replicas of a primary, from the ones that you name. The password goes to
hosts that you named. A node on another host is reported; name it too, or trust what servers say with --follow.`;

/** `moonpath load`: loads the generated scripts on every node, so that services need not be allowed to. */
export async function runLoad(options: LoadOptions): Promise<void> {
  const urls = (options.redis ?? process.env["REDIS_URL"] ?? "").split(",").filter((url) => url !== "");
  if (urls.length === 0)
    throw new CommandError("load needs a server: name it with --redis redis://host:6379, or in REDIS_URL", 2);
  // Scripts belong to a server, not to one of its databases.
  const seeds = urls.map((url) => ({ ...readServer(url), database: 0 }));
  const folder = options.scripts ?? shippedScripts() ?? "generated/lua";
  const scripts = await readScripts(folder);
  if (scripts.size === 0)
    throw new CommandError(
      `${folder} holds no .lua file; name the folder of your generated Lua with --scripts`,
      2,
    );
  const hosts = await hostsOf(seeds);
  const trusts = ({ host }: { readonly host: string }) => options.follow === true || hosts.has(host);
  const reports = await loadEverywhere(seeds, scripts, { nameOf, beside, trusts, connect }, LIMIT_MS);
  const faults = reports.filter(({ fault }) => fault !== undefined);
  for (const report of reports.filter(({ fault }) => fault === undefined))
    print(`${labelOf(report)}: ${count(scripts.size, "script")} loaded`);
  if (faults.length === 0) return;
  const lines = faults.map((report) => `${labelOf(report)}: not loaded: ${report.fault}`);
  throw new CommandError(
    `scripts are missing on ${faults.length} of ${count(reports.length, "node")}; mend what is wrong there, and run moonpath load again\n${lines.join("\n")}`,
  );
}

/** The hosts that the user named, and their addresses: servers tell of one another by address. */
async function hostsOf(seeds: readonly Server[]): Promise<ReadonlySet<string>> {
  const hosts = new Set<string>();
  for (const { address } of seeds) {
    if (!("host" in address)) continue;
    hosts.add(address.host);
    const found = await lookup(address.host, { all: true }).catch(() => []);
    for (const one of found) hosts.add(one.address);
  }
  return hosts;
}

function labelOf({ name, role }: NodeReport): string {
  return role === undefined ? name : `${name} (${role})`;
}

const nameOf = ({ name }: Server) => name;

/** Another node, reached with the same user and encryption. */
function beside(server: Server, { host, port }: { readonly host: string; readonly port: number }): Server {
  const { address } = server;
  const tls = "tls" in address && address.tls !== undefined ? { tls: address.tls } : {};
  const shownHost = host.includes(":") ? `[${host}]` : host;
  const scheme = "tls" in tls ? "rediss" : "redis";
  return { ...server, name: `${scheme}://${shownHost}:${port}`, address: { host, port, ...tls } };
}

/** `1 node`, `2 nodes` */
function count(many: number, one: string): string {
  return `${many} ${one}${many === 1 ? "" : "s"}`;
}
