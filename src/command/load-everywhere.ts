import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { type NodeAddress, readNodeView } from "./nodes.js";
import type { ScriptTexts } from "./scripts.js";

/** Operations on a server, whose type the caller chooses. */
export interface ServerAccess<Server> {
  /** A name without secrets, for output. */
  nameOf(server: Server): string;
  /** The server at another address, with the user and the encryption of this one. */
  withAddress(server: Server, address: NodeAddress): Server;
  /** Whether the password may be sent to a reported address. A server may report any host. */
  isTrusted(address: NodeAddress): boolean;
  connect(server: Server): Promise<Redis>;
}

/** The result for one node. */
export interface NodeReport {
  readonly name: string;
  readonly role: "primary" | "replica" | undefined;
  /** Why scripts are missing on it; absent if all scripts are loaded. */
  readonly fault?: string;
}

/** The most nodes that Redis Cluster supports. A server that reports more is not trustworthy. */
const MAX_NODES = 1_000;

const NOT_TRUSTED =
  "a server reported it, but --redis names no node on its host; add it to --redis, or trust all reported hosts with --follow";

/** The result for one address. Two addresses of one node have the same `runId`. */
interface AddressReport extends NodeReport {
  readonly runId: string | undefined;
}

/**
 * Loads scripts on all nodes of a cluster, or on a primary and its replicas. The seeds lead to the
 * other nodes. Redis does not replicate SCRIPT LOAD, so a replica needs the scripts before a
 * failover promotes it. A node on an untrusted host becomes a fault, and nothing is sent to it.
 *
 * @param scripts by path; the digest of each is compared with the server's
 * @param limitMs the time limit for all nodes; a node that did not answer by then is a fault
 */
export async function loadEverywhere<Server>(
  seeds: readonly Server[],
  scripts: ScriptTexts,
  access: ServerAccess<Server>,
  limitMs: number,
): Promise<NodeReport[]> {
  const timeLimit = AbortSignal.timeout(limitMs);
  const names = new Set<string>();
  const runIds = new Set<string>();
  const reports: NodeReport[] = [];
  let queue = [...seeds];
  const addReported = (from: Server, address: NodeAddress) => {
    const server = access.withAddress(from, address);
    if (access.isTrusted(address)) queue.push(server);
    else if (!names.has(access.nameOf(server))) {
      names.add(access.nameOf(server));
      reports.push({ name: access.nameOf(server), role: undefined, fault: NOT_TRUSTED });
    }
  };
  while (queue.length > 0) {
    const newServers = queue.filter((server) => {
      const name = access.nameOf(server);
      return !names.has(name) && names.add(name);
    });
    if (names.size > MAX_NODES) throw new Error(`the servers report more than ${MAX_NODES} nodes`);
    queue = [];
    const visits = newServers.map((server) =>
      loadOn(server, scripts, access, timeLimit, (address) => addReported(server, address)),
    );
    for (const { runId, ...report } of await Promise.all(visits)) {
      if (runId !== undefined && runIds.has(runId)) continue;
      if (runId !== undefined) runIds.add(runId);
      reports.push(report);
    }
  }
  return reports;
}

async function loadOn<Server>(
  server: Server,
  scripts: ScriptTexts,
  access: ServerAccess<Server>,
  timeLimit: AbortSignal,
  onReported: (other: NodeAddress) => void,
): Promise<AddressReport> {
  const name = access.nameOf(server);
  let redis: Redis | undefined;
  let known: Pick<AddressReport, "role" | "runId"> = { role: undefined, runId: undefined };
  const disconnect = () => redis?.disconnect();
  timeLimit.addEventListener("abort", disconnect);
  try {
    timeLimit.throwIfAborted();
    redis = await access.connect(server);
    const { others, ...view } = await readNodeView(redis);
    known = view;
    for (const other of others) onReported(other);
    const fault = await loadAll(redis, scripts);
    return { name, ...known, ...(fault === undefined ? {} : { fault }) };
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replace(/\p{Cc}+/gu, " ");
    return { name, ...known, fault: timeLimit.aborted ? "no answer within the time limit" : reason };
  } finally {
    timeLimit.removeEventListener("abort", disconnect);
    disconnect();
  }
}

/** Loads all scripts. Returns the fault of a script whose digest differs on the server. */
async function loadAll(redis: Redis, scripts: ScriptTexts): Promise<string | undefined> {
  for (const [path, text] of scripts) {
    const digest = String(await redis.script("LOAD", text));
    if (digest !== createHash("sha1").update(text).digest("hex"))
      return `the server returned another digest for ${path}: ${digest}`;
  }
  return undefined;
}
