import { Redis } from "ioredis";
import { type RedisServer, startProxy, startSentinel } from "../../../src/testing/index.js";
import { afterTest } from "../cleanup.js";
import { eventually } from "../wait.js";

/** A primary and its replica, which Sentinels promote. */
export interface WatchedPair {
  /** A connection to the present primary. */
  connect(): Redis;
  /** Resolves when the replica has everything. */
  synced(): Promise<void>;
  /** From now on, no write reaches the replica. */
  cutOff(): void;
  /** Kills the primary. Resolves when the replica has taken over. */
  failOver(): Promise<void>;
}

/** Starts a pair whose link can be cut. */
export async function startWatchedPair(): Promise<WatchedPair> {
  const group = await startSentinel({ own: true, replicas: 1, downAfterMs: 400, failoverTimeoutMs: 2_000 });
  afterTest(() => group.stop());
  const { primary } = group;
  const [replica] = group.replicas;
  if (!replica) throw new Error("there is one replica");
  const link = await startProxy(primary);
  afterTest(() => link.stop());
  const [first, second] = [adminOf(primary), adminOf(replica)];
  await second.replicaof(link.host, link.port);
  return {
    connect() {
      const redis = new Redis({
        ...group.connection,
        retryStrategy: () => 30,
        sentinelRetryStrategy: () => 30,
        maxRetriesPerRequest: null,
      });
      redis.on("error", () => {}); // The primary goes away.
      afterTest(() => redis.disconnect());
      return redis;
    },
    async synced() {
      await eventually("the replica has everything", async () => {
        const [one, other] = await Promise.all([first, second].map((redis) => redis.info("replication")));
        expectLinked(other ?? "");
        if (offsetOf(one ?? "") !== offsetOf(other ?? "")) throw new Error("the replica lags");
      });
    },
    cutOff: () => link.blackHole(),
    async failOver() {
      await primary.kill();
      await eventually("the replica is promoted", async () => {
        const { port } = await group.current();
        if (port !== replica.port) throw new Error("the Sentinels name the old primary");
        if (!(await second.info("replication")).includes("role:master")) throw new Error("it is a replica");
      });
    },
  };
}

function adminOf({ url }: RedisServer): Redis {
  const redis = new Redis(url);
  redis.on("error", () => {});
  afterTest(() => redis.disconnect());
  return redis;
}

function expectLinked(info: string): void {
  if (!info.includes("master_link_status:up")) throw new Error("the replica is not linked");
}

function offsetOf(info: string): string | undefined {
  return /(?:slave_repl_offset|master_repl_offset):(\d+)/.exec(info)?.[1];
}
