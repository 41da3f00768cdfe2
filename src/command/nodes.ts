import type { Redis } from "ioredis";

/** Where a node listens. */
export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

/** What a node says of itself and of those around it. */
export interface NodeView {
  /** Tells one process from another, by whatever address it is reached. */
  readonly runId: string;
  readonly role: "primary" | "replica";
  /** The nodes that it knows: of its cluster, or its primary and its replicas. */
  readonly others: readonly NodeAddress[];
}

/** Asks a node. Needs `INFO`, and on a cluster `CLUSTER NODES`. */
export async function viewFrom(redis: Redis): Promise<NodeView> {
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

/** Whether the server is a node of a cluster. Its mode has another name in Valkey's `INFO server`. */
export async function isInCluster(redis: Redis): Promise<boolean> {
  return fieldOf(await redis.info("cluster"), "cluster_enabled") === "1";
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
}

/** Every node that has an address: primaries and replicas, those that fail too. */
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
  const followed = primary === undefined ? [] : [readAddress(primary, fieldOf(info, "master_port"))];
  const replicas = [...info.matchAll(/^slave\d+:ip=([^,]*),port=(\d+)/gm)];
  return [...followed, ...replicas.map(([, host = "", port]) => readAddress(host, port))];
}

/** An address as a server tells it; it is printed, so it must be one. */
function readAddress(host: string, port: string | undefined): NodeAddress {
  if (/^[\w.:-]{1,253}$/.test(host) && Number(port) > 0 && Number(port) < 65_536)
    return { host, port: Number(port) };
  throw new Error("it tells of a node whose address cannot be read");
}
