import type { NodeRedisClient, RedisLike } from "moonpath/client";

/** A connection that the smoke test opened, and how to end it. */
export interface Opened {
  readonly redis: RedisLike;
  close(): void;
}

/** Opens a connection with the client library that `SMOKE_CLIENT` names, by default ioredis. */
export async function open(url: string): Promise<Opened> {
  const name = process.env["SMOKE_CLIENT"] ?? "ioredis";
  const redis = await connectWith(name, url);
  redis.on("error", () => {}); // The smoke test cuts its own connections.
  return { redis, close: () => redis.disconnect() };
}

/** node-redis reports the end of a client that is already closed as an error. */
function connected<Client extends NodeRedisClient & { destroy(): void }>(client: Client): RedisLike & Owned {
  client.on("error", () => {});
  client.connect().catch(() => {});
  return Object.assign(client, { disconnect: () => client.destroy() });
}

interface Owned {
  disconnect(): void;
}

async function connectWith(name: string, url: string): Promise<RedisLike & Owned> {
  switch (name) {
    case "ioredis": {
      const { Redis } = await import("ioredis");
      return new Redis(url);
    }
    case "ioredis-5": {
      const { Redis } = await import("ioredis-5");
      return new Redis(url);
    }
    case "iovalkey": {
      const { Redis } = await import("iovalkey");
      return new Redis(url);
    }
    case "node-redis": {
      const { createClient } = await import("redis");
      return connected(createClient({ url }));
    }
    case "node-redis-5": {
      const { createClient } = await import("redis-5");
      return connected(createClient({ url }));
    }
    default:
      throw new Error(`SMOKE_CLIENT names no client library: ${name}`);
  }
}
