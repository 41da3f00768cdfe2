import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { type NodeAddress, viewFrom } from "./nodes.js";
import type { ScriptTexts } from "./scripts.js";

/** How a node is reached: the address, with the user and the encryption of the URL that led to it. */
export type ConnectTo<Server> = (server: Server) => Promise<Redis>;

/** Servers, as the command line reads them. */
export interface Reachable<Server> {
  /** What may be printed of it. */
  nameOf(server: Server): string;
  /** Another node, reached in the same way. */
  beside(server: Server, address: NodeAddress): Server;
  /** Whether a node that a server told of may be sent the user's password. A server may tell of any host. */
  trusts(address: NodeAddress): boolean;
  connect: ConnectTo<Server>;
}

/** What came of one node. */
export interface NodeReport {
  readonly name: string;
  readonly role: "primary" | "replica" | undefined;
  /** Why scripts are missing on it; absent: all of them are loaded. */
  readonly fault?: string;
}

/** More nodes than a cluster of Redis is made for: a server that tells of more does not tell the truth. */
const MAX_NODES = 1_000;

const NOT_TRUSTED =
  "a server told of it, and --redis names no node on its host; name it there, or allow every host that servers tell of with --follow";

/** Not told of a node that another address has told of already. */
interface Visit extends NodeReport {
  readonly runId: string | undefined;
}

/**
 * Loads scripts on every node that can be found from some: all of a cluster, or a primary with its replicas. Redis does
 * not replicate SCRIPT LOAD, so a replica that is promoted needs them before. A node on a host that is not trusted is
 * reported, and nothing is sent to it.
 *
 * @param scripts by their paths; the digest of each is compared with the server's
 * @param limitMs for everything; a node that has not answered by then is a fault
 */
export async function loadEverywhere<Server>(
  seeds: readonly Server[],
  scripts: ScriptTexts,
  reachable: Reachable<Server>,
  limitMs: number,
): Promise<NodeReport[]> {
  const late = AbortSignal.timeout(limitMs);
  const names = new Set<string>();
  const runIds = new Set<string>();
  const reports: NodeReport[] = [];
  let found = [...seeds];
  const tell = (from: Server, address: NodeAddress) => {
    const server = reachable.beside(from, address);
    if (reachable.trusts(address)) found.push(server);
    else if (!names.has(reachable.nameOf(server))) {
      names.add(reachable.nameOf(server));
      reports.push({ name: reachable.nameOf(server), role: undefined, fault: NOT_TRUSTED });
    }
  };
  while (found.length > 0) {
    const fresh = found.filter((server) => {
      const name = reachable.nameOf(server);
      return !names.has(name) && names.add(name);
    });
    if (names.size > MAX_NODES) throw new Error(`the servers tell of more than ${MAX_NODES} nodes`);
    found = [];
    const visits = fresh.map((server) =>
      visit(server, scripts, reachable, late, (address) => tell(server, address)),
    );
    for (const { runId, ...report } of await Promise.all(visits)) {
      if (runId !== undefined && runIds.has(runId)) continue;
      if (runId !== undefined) runIds.add(runId);
      reports.push(report);
    }
  }
  return reports;
}

async function visit<Server>(
  server: Server,
  scripts: ScriptTexts,
  reachable: Reachable<Server>,
  late: AbortSignal,
  tell: (other: NodeAddress) => void,
): Promise<Visit> {
  const name = reachable.nameOf(server);
  let redis: Redis | undefined;
  let seen: Pick<Visit, "role" | "runId"> = { role: undefined, runId: undefined };
  const end = () => redis?.disconnect();
  late.addEventListener("abort", end);
  try {
    late.throwIfAborted();
    redis = await reachable.connect(server);
    const { others, ...view } = await viewFrom(redis);
    seen = view;
    for (const other of others) tell(other);
    const fault = await loadAll(redis, scripts);
    return { name, ...seen, ...(fault === undefined ? {} : { fault }) };
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replace(/\p{Cc}+/gu, " ");
    return { name, ...seen, fault: late.aborted ? "it did not answer in time" : reason };
  } finally {
    late.removeEventListener("abort", end);
    end();
  }
}

/** Loads each script; the first one that the server refuses, or knows by another digest. */
async function loadAll(redis: Redis, scripts: ScriptTexts): Promise<string | undefined> {
  for (const [path, text] of scripts) {
    const digest = String(await redis.script("LOAD", text));
    if (digest !== createHash("sha1").update(text).digest("hex")) return `it calls ${path} ${digest}`;
  }
  return undefined;
}
