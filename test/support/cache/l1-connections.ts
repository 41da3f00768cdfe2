import { Redis, type RedisOptions } from "ioredis";
import { afterTest } from "../cleanup.js";

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** The connections of L1: one that reads, and its duplicate that listens. */
export interface L1Connections {
  reader?: Redis;
  listener?: Redis;
}

/**
 * The connections that L1 will make of this one.
 *
 * @param readsAt where the one that reads connects to, instead of the server itself
 */
export function l1ConnectionsOf(redis: Redis, readsAt?: Place): L1Connections {
  const found: L1Connections = {};
  const { host = "127.0.0.1", port = 6379 } = redis.options;
  redis.duplicate = (options) => {
    const reader = duplicateOf(redis, readsAt ? { ...options, ...placeOf(readsAt) } : { ...options });
    reader.duplicate = (ofListener) => {
      found.reader = reader;
      found.listener = duplicateOf(reader, { ...ofListener, host, port });
      return found.listener;
    };
    return reader;
  };
  return found;
}

function duplicateOf(redis: Redis, options: Partial<RedisOptions>): Redis {
  return Redis.prototype.duplicate.call(redis, options);
}

function placeOf({ host, port }: Place): Place {
  return { host, port };
}

/** From now on, the process receives nothing over this connection, until `resume` or the end of the test. */
export function pause({ stream }: Redis): void {
  stream.pause();
  afterTest(() => void stream.resume());
}
