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

/** A primary and one replica that follows it. */
export interface ReplicaPair {
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  stop(): Promise<void>;
}

/**
 * Starts a primary and a replica on 127.0.0.1 and resolves when the replica follows. Never uses
 * `REDIS_URL`.
 *
 * @throws TestingError as `startRedis`, and `TESTING_UNSUPPORTED` when Docker is forced
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

/** The options of a replicated Redis with Sentinels. All may be left out. */
export interface SentinelOptions extends RedisServerOptions {
  /** 0 to 5. Default 2. */
  readonly replicas?: number;
  /** 1 to 7. Default 3. */
  readonly sentinels?: number;
  /** How many must agree that the primary is down, 1 to `sentinels`. Default the majority. */
  readonly quorum?: number;
  /** How long a silent primary counts as alive, in milliseconds, 200 to 60,000. Default 1,000. */
  readonly downAfterMs?: number;
  /**
   * How long one failover may take before Sentinel gives it up, in milliseconds, 500 to 180,000.
   * Default 5,000.
   */
  readonly failoverTimeoutMs?: number;
}

/** How ioredis finds the primary of a group. */
export interface SentinelConnection {
  readonly sentinels: Address[];
  readonly name: string;
  readonly password?: string;
  readonly sentinelPassword?: string;
}

/** A primary with replicas, watched by Sentinels. */
export interface SentinelGroup {
  /** The primary's name at the Sentinels. */
  readonly name: string;
  /** The Sentinels' addresses. */
  readonly addresses: Address[];
  /** Of the default user of all servers and Sentinels; empty if there is none. */
  readonly password: string;
  /** For ioredis: `new Redis({ ...group.connection })`. */
  readonly connection: SentinelConnection;
  /** The primary of the start. */
  readonly primary: RedisServer;
  /** The replicas of the start. */
  readonly replicas: readonly RedisServer[];
  readonly sentinels: readonly RedisServer[];
  /** The primary's address as the first living Sentinel tells it now. */
  current(): Promise<Address>;
  stop(): Promise<void>;
}

/**
 * Starts a primary, its replicas and Sentinels on 127.0.0.1, and resolves when the replicas follow
 * and every Sentinel knows all of them. Never uses `REDIS_URL`. Takes two to four seconds:
 * Sentinels find each other by a message every two seconds.
 *
 * @throws TestingError as `startRedis`, and `TESTING_UNSUPPORTED` when Docker is forced
 * @example
 * const group = await startSentinel();
 * const redis = new Redis({ ...group.connection });
 */
export async function startSentinel(
  options: SentinelOptions = {},
  machine: Machine = localMachine,
): Promise<SentinelGroup> {
  const { replicas: count = 2, sentinels: watchers = 3 } = options;
  const { downAfterMs = 1_000, failoverTimeoutMs = 5_000 } = options;
  checkInteger("replicas", count, 0, 5);
  checkInteger("sentinels", watchers, 1, 7);
  const { quorum = Math.floor(watchers / 2) + 1 } = options;
  checkInteger("quorum", quorum, 1, watchers);
  checkInteger("downAfterMs", downAfterMs, 200, 60_000);
  checkInteger("failoverTimeoutMs", failoverTimeoutMs, 500, 180_000);
  const limitMs = limitOf(options);
  const name = "moonpath";
  const program = await findGroupProgram(options, machine);
  const group = new ServerGroup();
  const password = passwordOf(options);
  return stopOnError(group, async () => {
    const { primary, replicas } = await startReplicas(group, program, count, options, password);
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
    const sentinels = await group.start(Array.from({ length: watchers }, () => spec));
    const complete = async () =>
      (await Promise.all(sentinels.map((sentinel) => knows(sentinel, name, count, watchers - 1)))).every(
        Boolean,
      );
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
  if (!primary) throw new Error("One server was started.");
  const following = { replicaof: `${primary.host} ${primary.port}`, "replica-announce-ip": "127.0.0.1" };
  const replicas = await group.start(Array.from({ length: count }, () => spec(following)));
  const all = async () => (await Promise.all(replicas.map(isReplicaSynced))).every(Boolean);
  await waitUntil(all, limitMs, "the replicas to follow", () => group.log());
  return { primary, replicas };
}

/** Whether a Sentinel knows so many replicas and so many other Sentinels. */
function knows(sentinel: Address, name: string, replicas: number, others: number): Promise<boolean> {
  return withConnection(sentinel, async (redis) => {
    const reply = strings(await redis.call("SENTINEL", "MASTER", name));
    const field = (of: string) => Number(reply[reply.indexOf(of) + 1]);
    return field("num-slaves") >= replicas && field("num-other-sentinels") >= others;
  });
}

async function currentPrimary(sentinels: readonly RedisServer[], name: string): Promise<Address> {
  const living = sentinels.find((sentinel) => sentinel.pid !== undefined);
  if (!living) throw new TestingError("TESTING_UNREACHABLE", "No Sentinel of this group runs any more.");
  return withConnection(living, async (redis) => {
    const [host = "", port] = strings(await redis.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", name));
    return { host, port: Number(port), password: living.password };
  });
}

function strings(reply: unknown): string[] {
  return Array.isArray(reply) ? reply.map(String) : [];
}
