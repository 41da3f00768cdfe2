import { randomUUID } from "node:crypto";
import { Cluster, Redis, type RedisOptions } from "ioredis";
import { inject } from "vitest";
import { redisFromUrl } from "../../src/testing/index.js";
import { afterFile } from "./cleanup.js";

type Options = Omit<RedisOptions, "replyMapping">;

/**
 * A new client of the run's shared Redis. Closed after the file's last test, unless closed before.
 */
export function sharedRedis(options: Options = {}): Redis {
  const client = redisFromUrl(inject("redisUrl"), options);
  if (!(client instanceof Redis)) throw new Error("The shared Redis is a single server.");
  afterFile(() => client.disconnect());
  return client;
}

let ofWorker: Redis | undefined;

/**
 * The client that all test files of this worker share, for modules of test/support. It stays open
 * and keeps no process alive.
 */
export function workerRedis(): Redis {
  if (ofWorker === undefined) {
    const client = redisFromUrl(inject("redisUrl"));
    if (!(client instanceof Redis)) throw new Error("The shared Redis is a single server.");
    client.on("connect", () => client.stream.unref());
    ofWorker = client;
  }
  return ofWorker;
}

/**
 * A new client of the run's shared cluster of six. Closed after the file's last test, unless closed
 * before.
 */
export function sharedCluster(options: Options = {}): Cluster {
  const client = redisFromUrl(inject("clusterUrl"), options);
  if (!(client instanceof Cluster)) throw new Error("The shared cluster has several nodes.");
  afterFile(() => client.disconnect());
  return client;
}

/** A new client of a cluster of the test's own; whoever makes it closes it. */
export function clusterFromUrl(url: string): Cluster {
  const client = redisFromUrl(url);
  if (!(client instanceof Cluster)) throw new Error("The URL names one server alone.");
  return client;
}

/** A namespace that no other test uses. */
export function freshNamespace(): string {
  return `test-${randomUUID().slice(0, 13)}`;
}
