import type { Redis } from "ioredis";

/** The address on which a node listens. */
export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

/** A node's own description of itself and of the nodes that it knows. */
export interface NodeView {
  /** Unique for each process. The same node has one id at all of its addresses. */
  readonly runId: string;
  readonly role: "primary" | "replica";
  /** The other nodes: those of its cluster, or its primary and its replicas. */
  readonly others: readonly NodeAddress[];
}

/** Reads a node's description with `INFO` and, in a cluster, `CLUSTER NODES`. */
export async function readNodeView(redis: Redis): Promise<NodeView> {
  const server = await redis.info("server");
  const replication = await redis.info("replication");
  const cluster = await isInCluster(redis);
  const others = cluster ? clusterNodes(String(await redis.cluster("NODES"))) : replicationNodes(replication);
  return {
    runId: fieldOf(server, "run_id") ?? "",
    role: fieldOf(replication, "role") === "slave" ? "replica" : "primary",
    others,
  };
}

/** Whether the server is a cluster node. `INFO server` names the mode differently in Valkey. */
export async function isInCluster(redis: Redis): Promise<boolean> {
  return fieldOf(await redis.info("cluster"), "cluster_enabled") === "1";
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
}

/** All nodes with an address: primaries and replicas, including failed ones. */
function clusterNodes(text: string): NodeAddress[] {
  return text.split("\n").flatMap((line) => {
    const [, address = "", flags = ""] = line.split(" ");
    if (/noaddr|handshake/.test(flags)) return [];
    const [, host = "", port] = /^(.*):(\d+)(?:@\d+)?(?:,.*)?$/.exec(address) ?? [];
    return host === "" ? [] : [readAddress(host, port)];
  });
}

/** The primary that a replica follows, and the replicas that follow this node. */
function replicationNodes(info: string): NodeAddress[] {
  const primary = fieldOf(info, "master_host");
  const primaries = primary === undefined ? [] : [readAddress(primary, fieldOf(info, "master_port"))];
  const replicas = [...info.matchAll(/^slave\d+:ip=([^,]*),port=(\d+)/gm)];
  return [...primaries, ...replicas.map(([, host = "", port]) => readAddress(host, port))];
}

/** @throws Error for an invalid address, because the command prints it */
function readAddress(host: string, port: string | undefined): NodeAddress {
  if (/^[\w.:-]{1,253}$/.test(host) && Number(port) > 0 && Number(port) < 65_536)
    return { host, port: Number(port) };
  throw new Error("it reported a node with an invalid address");
}
