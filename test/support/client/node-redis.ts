import { createClient as createClient6, createCluster as createCluster6 } from "redis";
import { createClient as createClient5, createCluster as createCluster5 } from "redis-5";
import type { NodeRedisClient, NodeRedisCluster } from "../../../src/client/adapters/node-redis.js";

/** Where a server is, or a proxy in front of it. */
interface Endpoint {
  readonly host?: string;
  readonly port: number;
  readonly password?: string | undefined;
}

interface Options {
  readonly RESP?: 2 | 3;
  readonly disableOfflineQueue?: boolean;
  /** Leaves it to the client under test to connect. */
  readonly isLazy?: boolean;
}

/** A connection of node-redis that reconnects at once. It is connecting when the function returns. */
export function nodeRedis(
  version: 5 | 6,
  place: Endpoint,
  { isLazy = false, ...options }: Options = {},
): NodeRedisClient & Owned {
  const { host = "127.0.0.1", port, password } = place;
  const socket = { host, port, reconnectStrategy: 5 } as const;
  const settings = { socket, ...(password === undefined ? {} : { password }), ...options };
  return started(version === 5 ? createClient5(settings) : createClient6(settings), isLazy);
}

/** A cluster of node-redis. It is connecting when the function returns. */
export function nodeRedisCluster(
  version: 5 | 6,
  places: readonly Endpoint[],
  isLazy = false,
): NodeRedisCluster & Owned {
  const settings = {
    rootNodes: places.map(({ host = "127.0.0.1", port }) => ({ socket: { host, port } })),
    defaults: {
      ...(places[0]?.password === undefined ? {} : { password: places[0].password }),
      socket: { reconnectStrategy: 5 } as const,
    },
  };
  return started(version === 5 ? createCluster5(settings) : createCluster6(settings), isLazy);
}

interface Owned {
  disconnect(): void;
}

type Closeable = (NodeRedisClient | NodeRedisCluster) & { destroy(): void };

function started<Kind extends Closeable>(client: Kind, isLazy: boolean): Kind & Owned {
  client.on("error", () => {});
  if (!isLazy) client.connect().catch(() => {});
  return Object.assign(client, {
    disconnect() {
      if (client.isOpen) client.destroy();
    },
  });
}
