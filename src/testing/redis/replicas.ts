import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkInteger, TestingError } from "../errors.js";
import { localMachine, type Machine } from "../process/machine.js";
import { waitUntil } from "../wait.js";
import { type Address, withConnection } from "./connection.js";
import type { NodeSpec } from "./node.js";
import { passwordOf } from "./password.js";
import { limitOf, type RedisServer, type RedisServerOptions, serverArgs } from "./server.js";
import { findGroupProgram, isReplicaSynced, ServerGroup, stopOnError } from "./server-group.js";

/** A primary and its replica. */
export interface ReplicaPair {
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  /** Stops both servers and removes their folders. */
  stop(): Promise<void>;
}

/**
 * Starts a primary and a replica on 127.0.0.1. Resolves when the replica is in sync. It ignores
 * `REDIS_URL`.
 *
 * @throws TestingError as `startRedis`, and `TESTING_UNSUPPORTED` if Docker is forced
 */
export async function startReplicaPair(
  options: RedisServerOptions = {},
  machine: Machine = localMachine,
): Promise<ReplicaPair> {
  const program = await findGroupProgram(options, machine);
  const group = new ServerGroup();
  return stopOnError(group, async () => {
    const { primary, replicas } = await startReplicas(group, program, 1, options, passwordOf(options));
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
  /** Stops all servers and removes their folders. */
  stop(): Promise<void>;
}

/**
 * Starts a primary, its replicas and Sentinels on 127.0.0.1. Resolves when the replicas are in sync
 * and every Sentinel knows all servers. It ignores `REDIS_URL`. It takes two to four seconds,
 * because Sentinels find each other by a message every two seconds.
 *
 * ```ts
 * const group = await startSentinel();
 * const redis = new Redis({ ...group.connection });
 * ```
 *
 * @throws TestingError as `startRedis`, and `TESTING_UNSUPPORTED` if Docker is forced
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
  const program = await findGroupProgram(options, machine);
  const group = new ServerGroup();
  const password = passwordOf(options);
  return stopOnError(group, async () => {
    const { primary, replicas } = await startReplicas(group, program, replicaCount, options, password);
    const settings = [
      `sentinel monitor ${name} ${primary.host} ${primary.port} ${quorum}`,
      `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
      `sentinel failover-timeout ${name} ${failoverTimeoutMs}`,
      "protected-mode no",
      ...(password === "" ? [] : [`sentinel auth-pass ${name} ${password}`, `requirepass ${password}`]),
    ];
    const spec: NodeSpec = {
      program,
      args: (port, _busPort, folder) => {
        const file = join(folder, "sentinel.conf");
        writeFileSync(
          file,
          [`port ${port}`, "bind 127.0.0.1", `dir "${folder}"`, ...settings, ""].join("\n"),
          { mode: 0o600 },
        );
        return [file, "--sentinel"];
      },
      ready: /\+monitor master/,
      password,
      limitMs,
    };
    const sentinels = await group.start(Array.from({ length: sentinelCount }, () => spec));
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
      },
      primary,
      replicas,
      sentinels,
      current: () => currentPrimary(sentinels, name),
      stop: () => group.stop(),
    };
  });
}

async function startReplicas(
  group: ServerGroup,
  program: string,
  count: number,
  options: RedisServerOptions,
  password: string,
) {
  const limitMs = limitOf(options);
  const spec = (extra: Readonly<Record<string, string>>): NodeSpec => ({
    program,
    args: (port, _busPort, folder) => serverArgs(port, folder, options, password, extra),
    password,
    limitMs,
  });
  const [primary] = await group.start([spec({})]);
  if (!primary) throw new Error("the primary was not started");
  const following = { replicaof: `${primary.host} ${primary.port}`, "replica-announce-ip": "127.0.0.1" };
  const replicas = await group.start(Array.from({ length: count }, () => spec(following)));
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

async function currentPrimary(sentinels: readonly RedisServer[], name: string): Promise<Address> {
  const running = sentinels.find((sentinel) => sentinel.pid !== undefined);
  if (!running) throw new TestingError("TESTING_UNREACHABLE", "No Sentinel of this group is running.");
  return withConnection(running, async (redis) => {
    const [host = "", port] = strings(await redis.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name));
    return { host, port: Number(port), password: running.password };
  });
}

function strings(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}
