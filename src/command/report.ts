import { Cluster, type Redis } from "ioredis";
import { createMoonpath } from "../index.js";
import { type CacheReport, type HotKey, readReport } from "../tuning/index.js";
import { CommandError } from "./errors.js";
import { checkedName } from "./key.js";
import { isInCluster } from "./nodes.js";
import { connect, readServer, type Server } from "./server.js";
import { print } from "./terminal.js";

/** The options of `moonpath report`. */
export interface ReportOptions {
  readonly redis?: string;
  readonly namespace?: string;
  readonly keys?: string;
  readonly json?: boolean;
}

export const REPORT_HELP = `Usage: moonpath report [options]

Prints what the caches of all processes have done in the last hour, what to change, and what that would save. The
processes collect the figures with collectFigures of moonpath/tuning.

Options:
  --redis <url>       server of the caches or of its cluster (default: REDIS_URL)
  --namespace <name>  namespace of the keys (default: moonpath)
  --keys <count>      also print so many of the hottest keys, 1 to 200. They name tenants and entries
  --json              print the figures as JSON
  -h, --help          show this text

Examples:
  $ moonpath report --redis redis://localhost:6379 --namespace shop
  $ moonpath report --namespace shop --keys 20`;

/** Runs `moonpath report`. */
export async function runReport(options: ReportOptions): Promise<void> {
  const namespace = checkedName("namespace", options.namespace ?? "moonpath");
  const mostKeys = options.keys === undefined ? 0 : Number(options.keys);
  if (options.keys !== undefined && !(Number.isInteger(mostKeys) && mostKeys >= 1 && mostKeys <= 200))
    throw new CommandError("--keys must be a whole number from 1 to 200", 2);
  const url = options.redis ?? process.env["REDIS_URL"];
  if (url === undefined || url === "")
    throw new CommandError("report needs a server: set --redis redis://host:6379, or REDIS_URL", 2);
  const server = readServer(url);
  const first = await connect(server);
  const redis = (await isInCluster(first)) ? clusterOf(server) : first;
  const moonpath = createMoonpath(redis, { namespace, allowEviction: true });
  try {
    await moonpath.ready();
    const { caches, keys } = await readReport(moonpath, mostKeys);
    if (options.json === true) return print(JSON.stringify({ caches, keys }, undefined, 2));
    if (caches.length === 0)
      return print(`no process publishes figures in the namespace ${namespace}; see docs/tuning.md`);
    print([...caches.map(textOf), ...keysText(keys)].join("\n\n"));
  } finally {
    moonpath.close();
    redis.disconnect();
    first.disconnect();
  }
}

/** The whole cluster of a server, because each node has a part of the figures. */
function clusterOf({ address, user }: Server): Cluster | Redis {
  const { port, host, tls } = "path" in address ? { port: 0, host: address.path, tls: undefined } : address;
  return new Cluster([{ host, port }], {
    clusterRetryStrategy: () => null,
    redisOptions: { ...user, ...(tls ? { tls } : {}) },
  });
}

function textOf(report: CacheReport): string {
  const { pattern, arm, requests, hitShare, loads, meanLoadMs, meanBytes, sameValueShare, comparedLoads } =
    report;
  const name = arm === undefined ? pattern : `${pattern} (${arm})`;
  const facts = [
    `${count(requests)} requests`,
    `hit rate ${percent(hitShare)}`,
    `${count(loads)} loads of ${meanLoadMs.toFixed(1)} ms`,
    `${count(meanBytes)} bytes a value`,
    comparedLoads === 0 ? "no load compared" : `${percent(sameValueShare)} of loads brought the same value`,
    `fresh time ${count(report.freshMs)} ms`,
    `${count(report.processes)} processes`,
  ];
  const advice = report.advice.length > 0 ? report.advice : [`${pattern}: nothing to change.`];
  return [name, `  ${facts.join(", ")}`, ...advice.map((text) => `  ${text}`)].join("\n");
}

function keysText(keys: readonly HotKey[]): readonly string[] {
  if (keys.length === 0) return [];
  const lines = keys.map(
    ({ tenant, entry, requests }) => `  ${tenant} ${entry}: ${count(requests)} requests`,
  );
  return [["The hottest keys", ...lines].join("\n")];
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en-GB");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
