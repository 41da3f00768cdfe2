import { checkInteger, TestingError } from "../errors.js";
import { localMachine, type Machine } from "../process/machine.js";
import { waitUntil } from "../wait.js";
import { type Address, withConnection } from "./connection.js";
import { openGroup } from "./open-group.js";
import { passwordOf } from "./password.js";
import { limitOf } from "./server.js";
import { isReplicaSynced, type ServerGroup, stopOnError } from "./server-group.js";
import type { RedisServer, RedisServerOptions } from "./types.js";

/** A primary and its replica. */
export interface ReplicaPair {
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  /** Stops both servers and removes their folders or containers. */
  stop(): Promise<void>;
}

/**
 * Starts a primary and a replica on 127.0.0.1, as local processes or in Docker. Resolves when the
 * replica is in sync. It ignores `REDIS_URL`.
 *
 * @throws TestingError as `startRedis`
 */
export async function startReplicaPair(
  options: RedisServerOptions = {},
  machine: Machine = localMachine,
): Promise<ReplicaPair> {
  const limitMs = limitOf(options);
  const group = await openGroup({ server: options, password: passwordOf(options), limitMs }, 2, machine);
  return stopOnError(group, async () => {
    const { primary, replicas } = await startReplicas(group, 1, limitMs);
    const [replica = primary] = replicas;
    return { primary, replica, stop: () => group.stop() };
  });
}

/** Options of `startSentinel`. All are optional. */
export interface SentinelOptions extends RedisServerOptions {
  /** The number of replicas, 0 to 5. Default 2. */
  readonly replicas?: number;
  /** The number of Sentinels, 1 to 7. Default 3. */
  readonly sentinels?: number;
  /**
   * How many Sentinels must agree that the primary is down, 1 to `sentinels`. Default: the
   * majority.
   */
  readonly quorum?: number;
  /** Sentinel's `down-after-milliseconds`, 200 to 60,000. Default 1,000. */
  readonly downAfterMs?: number;
  /** Sentinel's `failover-timeout` in milliseconds, 500 to 180,000. Default 5,000. */
  readonly failoverTimeoutMs?: number;
}

/** The ioredis options that find the primary of a group. */
export interface SentinelConnection {
  readonly sentinels: Address[];
  readonly name: string;
  readonly password?: string;
  readonly sentinelPassword?: string;
  /**
   * Where this process reaches the servers, by the addresses that the Sentinels know. Only with a
   * Docker engine on another machine.
   */
  readonly natMap?: Record<string, { readonly host: string; readonly port: number }>;
}

/** A primary with replicas, monitored by Sentinels. */
export interface SentinelGroup {
  /** The primary's name at the Sentinels. */
  readonly name: string;
  /** The Sentinels' addresses. */
  readonly addresses: Address[];
  /** The password of the default user on all servers and Sentinels; empty if it has none. */
  readonly password: string;
  /** For ioredis: `new Redis({ ...group.connection })`. */
  readonly connection: SentinelConnection;
  /** The first primary. After a failover it may be a replica. */
  readonly primary: RedisServer;
  /** The first replicas. */
  readonly replicas: readonly RedisServer[];
  readonly sentinels: readonly RedisServer[];
  /**
   * Reads the current primary's address from a running Sentinel.
   *
   * @throws TestingError `TESTING_UNREACHABLE` if no Sentinel runs
   */
  current(): Promise<Address>;
  /** Stops all servers and removes their folders or containers. */
  stop(): Promise<void>;
}

/**
 * Starts a primary, its replicas and Sentinels on 127.0.0.1, as local processes or in Docker.
 * Resolves when the replicas are in sync and every Sentinel knows all servers. It ignores
 * `REDIS_URL`. It takes two to four seconds, because Sentinels find each other by a message every
 * two seconds.
 *
 * ```ts
 * const group = await startSentinel();
 * const redis = new Redis({ ...group.connection });
 * ```
 *
 * @throws TestingError as `startRedis`
 */
export async function startSentinel(
  options: SentinelOptions = {},
  machine: Machine = localMachine,
): Promise<SentinelGroup> {
  const { replicas: replicaCount = 2, sentinels: sentinelCount = 3 } = options;
  const { downAfterMs = 1_000, failoverTimeoutMs = 5_000 } = options;
  checkInteger("replicas", replicaCount, 0, 5);
  checkInteger("sentinels", sentinelCount, 1, 7);
  const { quorum = Math.floor(sentinelCount / 2) + 1 } = options;
  checkInteger("quorum", quorum, 1, sentinelCount);
  checkInteger("downAfterMs", downAfterMs, 200, 60_000);
  checkInteger("failoverTimeoutMs", failoverTimeoutMs, 500, 180_000);
  const limitMs = limitOf(options);
  const name = "moonpath";
  const password = passwordOf(options);
  const count = 1 + replicaCount + sentinelCount;
  const group = await openGroup({ server: options, password, limitMs }, count, machine);
  return stopOnError(group, async () => {
    const { primary, replicas } = await startReplicas(group, replicaCount, limitMs);
    const sentinelLines = [
      `sentinel monitor ${name} ${group.host} ${primary.port} ${quorum}`,
      `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
      `sentinel failover-timeout ${name} ${failoverTimeoutMs}`,
      "protected-mode no",
      ...(password === "" ? [] : [`sentinel auth-pass ${name} ${password}`, `requirepass ${password}`]),
    ];
    const sentinels = await group.start(Array.from({ length: sentinelCount }, () => ({ sentinelLines })));
    const complete = async () =>
      (
        await Promise.all(
          sentinels.map((sentinel) => knowsGroup(sentinel, name, replicaCount, sentinelCount - 1)),
        )
      ).every(Boolean);
    await waitUntil(complete, limitMs, "the Sentinels to find each other", () => group.log());
    const addresses = sentinels.map(({ host, port }) => ({ host, port }));
    return {
      name,
      addresses,
      password,
      connection: {
        sentinels: addresses,
        name,
        ...(password === "" ? {} : { password, sentinelPassword: password }),
        ...natMapOf(group.host, [primary, ...replicas]),
      },
      primary,
      replicas,
      sentinels,
      current: () => currentPrimary(sentinels, name, [primary, ...replicas]),
      stop: () => group.stop(),
    };
  });
}

async function startReplicas(group: ServerGroup, count: number, limitMs: number) {
  const [primary] = await group.start([{}]);
  if (!primary) throw new Error("the primary was not started");
  const following = { replicaof: `${group.host} ${primary.port}`, "replica-announce-ip": group.host };
  const replicas = await group.start(Array.from({ length: count }, () => ({ settings: () => following })));
  const all = async () => (await Promise.all(replicas.map(isReplicaSynced))).every(Boolean);
  await waitUntil(all, limitMs, "the replicas to be in sync", () => group.log());
  return { primary, replicas };
}

/** Whether a Sentinel knows at least so many replicas and so many other Sentinels. */
function knowsGroup(sentinel: Address, name: string, replicas: number, others: number): Promise<boolean> {
  return withConnection(sentinel, async (redis) => {
    const reply = strings(await redis.call("SENTINEL", "MASTER", name));
    const field = (of: string) => Number(reply[reply.indexOf(of) + 1]);
    return field("num-slaves") >= replicas && field("num-other-sentinels") >= others;
  });
}

/** Empty if this process reaches the servers as they reach each other. */
function natMapOf(host: string, servers: readonly RedisServer[]): Pick<SentinelConnection, "natMap"> {
  if (servers.every((server) => server.host === host)) return {};
  const entries = servers.map((server) => [
    `${host}:${server.port}`,
    { host: server.host, port: server.port },
  ]);
  return { natMap: Object.fromEntries(entries) };
}

async function currentPrimary(
  sentinels: readonly RedisServer[],
  name: string,
  servers: readonly RedisServer[],
): Promise<Address> {
  const running = sentinels.find((sentinel) => sentinel.running);
  if (!running) throw new TestingError("TESTING_UNREACHABLE", "No Sentinel of this group is running.");
  return withConnection(running, async (redis) => {
    const [host = "", port] = strings(await redis.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name));
    const server = servers.find((one) => one.port === Number(port));
    return { host: server?.host ?? host, port: Number(port), password: running.password };
  });
}

function strings(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}
