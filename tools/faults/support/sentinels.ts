import { Redis } from "ioredis";
import {
  type Proxy as Link,
  type RedisServer,
  type SentinelGroup,
  startProxy,
  startSentinel,
} from "../../../src/testing/index.js";
import { waitUntil } from "../../../src/testing/wait.js";
import type { FaultRun } from "../fault-run.js";
import { connect } from "./connections.js";

/** How long the servers may take to agree on a state. */
const AGREE_MS = 20_000;
/** Longer than the 10 s after which a Sentinel reads the role of a replica again. */
const READ_AGAIN_MS = 12_000;

/** One of the two servers, with a proxy for its replica. */
interface Side {
  readonly server: RedisServer;
  readonly link: Link;
  readonly admin: Redis;
}

/** Two servers that take turns as the primary, and three Sentinels. */
export interface WatchedPair {
  /** Opens a connection to the current primary. */
  connect(): Redis;
  /** Connects the replica through a proxy. Resolves when it has all data. */
  relink(): Promise<void>;
  /** Stops the flow of writes to the replica. The connections stay open. */
  cutOff(): void;
  /** Kills the primary with -9. Resolves when every Sentinel names the other server. */
  failOver(): Promise<void>;
  /** Restarts the killed server as the replica. Resolves when it follows the primary. */
  restartReplica(): Promise<void>;
  /** Resolves when the Sentinels would promote the replica. */
  promotable(): Promise<void>;
  /** `restartReplica`, then `promotable`. */
  bringBack(): Promise<void>;
}

/** Starts a pair with the program under test. */
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
  const restartReplica = async () => {
    await replica.server.restart();
    await replica.admin.replicaof(primary.server.host, primary.server.port);
    await follows(replica);
  };
  const promotable = async () => {
    const known = () => everyKnows(watchers, group.name);
    const goal = "the Sentinels to know the replica";
    await waitUntil(known, READ_AGAIN_MS, goal).catch(async () => {
      // A Sentinel read the role before the server followed, and keeps it. A reset makes it forget.
      await Promise.all(watchers.map((watcher) => watcher.call("SENTINEL", "RESET", group.name)));
      await waitUntil(known, AGREE_MS, goal);
    });
  };
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
      await waitUntil(
        () => named(watchers, group.name, replica.server),
        AGREE_MS,
        "the Sentinels to name the replica",
      );
      await waitUntil(
        async () => (await replica.admin.info("replication")).includes("role:master"),
        AGREE_MS,
        "its role",
      );
      link.heal();
      [primary, replica] = [replica, primary];
    },
    restartReplica,
    promotable,
    async bringBack() {
      await restartReplica();
      await promotable();
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

/** Waits until a replica has its primary's data and receives new writes. */
function follows({ admin }: Side): Promise<void> {
  const linked = async () => /role:slave[\s\S]*master_link_status:up/.test(await admin.info("replication"));
  return waitUntil(linked, AGREE_MS, "the replica to follow");
}

async function named(watchers: readonly Redis[], name: string, { port }: RedisServer): Promise<boolean> {
  const ask = async (watcher: Redis) => {
    const reply = await watcher.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name);
    return Array.isArray(reply) && Number(reply[1]) === port;
  };
  return (await Promise.all(watchers.map(ask))).every(Boolean);
}

async function everyKnows(watchers: readonly Redis[], name: string): Promise<boolean> {
  const ask = async (watcher: Redis) => {
    const reply = await watcher.call("SENTINEL", "REPLICAS", name);
    const [only] = Array.isArray(reply) ? reply : [];
    const fields: unknown[] = Array.isArray(only) ? only : [];
    const field = (of: string) => fields[fields.indexOf(of) + 1];
    return field("flags") === "slave" && field("role-reported") === "slave";
  };
  const knowsOthers = async (watcher: Redis) => {
    const others = await watcher.call("SENTINEL", "SENTINELS", name);
    return Array.isArray(others) && others.length === watchers.length - 1;
  };
  const answers = await Promise.all(watchers.flatMap((watcher) => [ask(watcher), knowsOthers(watcher)]));
  return answers.every(Boolean);
}
