import { Cluster, Redis } from "ioredis";
import { Cluster as Cluster5, Redis as Redis5 } from "ioredis-5";
import { Redis as Valkey, Cluster as ValkeyCluster } from "iovalkey";
import { createClient, createCluster } from "redis";
import { createClient as createClient5, createCluster as createCluster5 } from "redis-5";
import type { NodeRedisClient, NodeRedisCluster, RedisLike } from "../../../src/client/index.js";

/** The client libraries that `--client` of the command knows. The first one is the default. */
export const CLIENTS = ["ioredis", "ioredis-5", "iovalkey", "node-redis", "node-redis-5"] as const;

export type ClientName = (typeof CLIENTS)[number];

/** A connection for the calls of a fault. Other commands of the faults always use ioredis. */
export type Opened = RedisLike & { disconnect(): void };

interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly password?: string | undefined;
}

/** The library of this run. Workers inherit it with the environment. */
export function clientName(): ClientName {
  const name = process.env["MOONPATH_FAULTS_CLIENT"] ?? "ioredis";
  const known = CLIENTS.find((each) => each === name);
  if (known === undefined) throw new Error(`MOONPATH_FAULTS_CLIENT must be one of ${CLIENTS.join(", ")}`);
  return known;
}

/** Opens a connection with the library of this run. It reconnects after so many milliseconds. */
export function openConnection({ host, port, password }: Endpoint, reconnectMs: number): Opened {
  const user = password ? { password } : {};
  const options = { host, port, ...user, retryStrategy: () => reconnectMs, maxRetriesPerRequest: null };
  const socket = { host, port, reconnectStrategy: reconnectMs } as const;
  switch (clientName()) {
    case "ioredis":
      return silent(new Redis(options));
    case "ioredis-5":
      return silent(new Redis5(options));
    case "iovalkey":
      return silent(new Valkey(options));
    case "node-redis":
      return started(createClient({ socket, ...user }));
    case "node-redis-5":
      return started(createClient5({ socket, ...user }));
  }
}

/** Opens a cluster with the library of this run. */
export function openCluster(places: readonly Endpoint[], password: string): Opened {
  const nodes = places.map(({ host, port }) => ({ host, port }));
  const user = password === "" ? {} : { password };
  const options = { clusterRetryStrategy: () => 50, redisOptions: user };
  const rootNodes = nodes.map((node) => ({ socket: node }));
  const defaults = { ...user, socket: { reconnectStrategy: 50 } as const };
  switch (clientName()) {
    case "ioredis":
      return silent(new Cluster(nodes, options));
    case "ioredis-5":
      return silent(new Cluster5(nodes, options));
    case "iovalkey":
      return silent(new ValkeyCluster(nodes, options));
    case "node-redis":
      return started(createCluster({ rootNodes, defaults }));
    case "node-redis-5":
      return started(createCluster5({ rootNodes, defaults }));
  }
}

/** Cut connections are what the faults are about. */
function silent<Connection extends Opened>(connection: Connection): Connection {
  connection.on("error", () => {});
  return connection;
}

type NodeRedis = (NodeRedisClient | NodeRedisCluster) & { destroy(): void };

function started<Connection extends NodeRedis>(client: Connection): Connection & { disconnect(): void } {
  client.on("error", () => {});
  client.connect().catch(() => {});
  return Object.assign(client, {
    disconnect() {
      if (client.isOpen) client.destroy();
    },
  });
}
