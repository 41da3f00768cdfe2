import { Redis } from "ioredis";
import {
  type Proxy as Link,
  type RedisServer,
  type SentinelGroup,
  startProxy,
  startSentinel,
} from "../../../src/testing/index.js";
import type { FaultRun } from "../fault-run.js";
import { connect } from "./connections.js";
import { waitUntil } from "./wait-until.js";

/** One of the two servers, with a proxy before it for whoever replicates from it. */
interface Side {
  readonly server: RedisServer;
  readonly link: Link;
  readonly admin: Redis;
}

/** Two servers that take turns as the primary, watched by three Sentinels. */
export interface WatchedPair {
  /** A connection to whichever server is the primary. */
  connect(): Redis;
  /** The replica gets everything through a proxy from here on. Resolves when it has caught up. */
  relink(): Promise<void>;
  /** Nothing that is written from here on reaches the replica, and nobody notices. */
  cutOff(): void;
  /** kill -9 of the primary. Resolves when every Sentinel names the other one. */
  failOver(): Promise<void>;
  /**
   * The killed one comes back as the replica. Resolves when it follows and the Sentinels would
   * promote it.
   */
  bringBack(): Promise<void>;
}

/** A pair of the run's own, of the engine under test. */
export async function watchedPair(run: FaultRun): Promise<WatchedPair> {
  const binary = run.binary === undefined ? {} : { binary: run.binary };
  const times = { downAfterMs: 400, failoverTimeoutMs: 2_000 };
  const group = await startSentinel({ own: true, replicas: 1, ...times, ...binary });
  run.onClose(group, () => group.stop());
  const sideOf = async (server: RedisServer): Promise<Side> => {
    const link = run.onClose(await startProxy(server), (proxy) => proxy.stop());
    return { server, link, admin: connect(run, server) };
  };
  const [first = group.primary] = group.replicas;
  let [primary, replica] = await Promise.all([sideOf(group.primary), sideOf(first)]);
  const watchers = group.sentinels.map((sentinel) => connect(run, sentinel));
  return {
    connect: () => throughSentinel(run, group),
    async relink() {
      await replica.admin.replicaof(primary.link.host, primary.link.port);
      await follows(replica);
    },
    cutOff: () => primary.link.blackHole(),
    async failOver() {
      const { link } = primary;
      await primary.server.kill("SIGKILL");
      await waitUntil(() => named(watchers, group.name, replica.server), "the Sentinels to name the replica");
      await waitUntil(
        async () => (await replica.admin.info("replication")).includes("role:master"),
        "its role",
      );
      link.heal();
      [primary, replica] = [replica, primary];
    },
    async bringBack() {
      await replica.server.restart();
      await replica.admin.replicaof(primary.server.host, primary.server.port);
      await follows(replica);
      await waitUntil(() => promotable(watchers, group.name), "the Sentinels to know the replica");
    },
  };
}

function throughSentinel(run: FaultRun, { connection }: SentinelGroup): Redis {
  const redis = new Redis({
    ...connection,
    retryStrategy: () => 20,
    sentinelRetryStrategy: () => 20,
    maxRetriesPerRequest: null,
  });
  redis.on("error", () => {}); // Servers that are gone are what these runs are about.
  return run.onClose(redis, () => redis.disconnect());
}

/** Waits until a replica has its primary's data, and gets more. */
function follows({ admin }: Side): Promise<void> {
  const linked = async () => /role:slave[\s\S]*master_link_status:up/.test(await admin.info("replication"));
  return waitUntil(linked, "the replica to follow");
}

async function named(watchers: readonly Redis[], name: string, { port }: RedisServer): Promise<boolean> {
  const ask = async (watcher: Redis) => {
    const reply = await watcher.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name);
    return Array.isArray(reply) && Number(reply[1]) === port;
  };
  return (await Promise.all(watchers.map(ask))).every(Boolean);
}

async function promotable(watchers: readonly Redis[], name: string): Promise<boolean> {
  const ask = async (watcher: Redis) => {
    const reply = await watcher.call("SENTINEL", "REPLICAS", name);
    const [only] = Array.isArray(reply) ? reply : [];
    const fields: unknown[] = Array.isArray(only) ? only : [];
    const field = (of: string) => fields[fields.indexOf(of) + 1];
    return field("flags") === "slave" && field("role-reported") === "slave";
  };
  return (await Promise.all(watchers.map(ask))).every(Boolean);
}
