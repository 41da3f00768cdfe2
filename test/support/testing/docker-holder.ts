// Started by docker.test.ts: starts servers in Docker, tells about them in one line of JSON, and ends
// as it is told to.

import { Redis } from "ioredis";
import {
  redisFromUrl,
  startPostgres,
  startRedis,
  startRedisCluster,
  startSentinel,
} from "../../../src/testing/index.js";
import { ownContainers } from "./containers.js";

async function hold(): Promise<readonly string[]> {
  await startRedis();
  await startRedisCluster({ masters: 1, replicasPerMaster: 1 });
  return ownContainers();
}

async function remote() {
  const single = await startRedis();
  const cluster = await startRedisCluster();
  const sentinel = await startSentinel({ replicas: 1, sentinels: 1 });
  const postgres = await startPostgres();
  const nodes = redisFromUrl(cluster.url);
  if (nodes instanceof Redis) throw new Error("A cluster has several nodes.");
  let written = 0;
  while (written < 50 && (await nodes.set(`key-${written}`, written)) === "OK") written++;
  const slots = await nodes.cluster("SLOTS");
  const redis = new Redis({ ...sentinel.connection });
  await redis.set("key", "value");
  const found = {
    single: single.host,
    clusterHosts: [
      ...new Set(slots.flatMap((range) => range.slice(2).map((node) => String(Object(node)[0])))),
    ],
    clusterKeys: written,
    sentinelHost: redis.stream.remoteAddress,
    current: (await sentinel.current()).host,
    postgres: postgres.host,
  };
  nodes.disconnect();
  redis.disconnect();
  await Promise.all([single, cluster, sentinel, postgres].map((server) => server.stop()));
  return found;
}

const [, , task] = process.argv;
process.stdout.write(`${JSON.stringify(await (task === "remote" ? remote() : hold()))}\n`);
if (task === "exit") process.exit(0);
if (task === "wait") setInterval(() => undefined, 60_000);
