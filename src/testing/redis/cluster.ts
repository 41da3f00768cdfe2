import { checkInteger } from "../errors.js";
import { localMachine, type Machine } from "../process/machine.js";
import { waitUntil } from "../wait.js";
import { type Engine, engineOf, parseUrls, withConnection } from "./connection.js";
import { isDockerForced } from "./find-redis.js";
import { openGroup } from "./open-group.js";
import { passwordOf } from "./password.js";
import { limitOf } from "./server.js";
import { isReplicaSynced, type ServerGroup, stopOnError } from "./server-group.js";
import type { RedisServer, RedisServerOptions } from "./types.js";

/** Options of `startRedisCluster`. All are optional. */
export interface RedisClusterOptions extends RedisServerOptions {
  /** The number of masters, 1 to 16. A failover needs at least three. Default 3. */
  readonly masters?: number;
  /** The number of replicas of each master, 0 to 4. Default 1. */
  readonly replicasPerMaster?: number;
  /** The cluster's `cluster-node-timeout` in milliseconds, 500 to 60,000. Default 5,000. */
  readonly nodeTimeoutMs?: number;
}

/** A running Redis Cluster. */
export interface RedisCluster extends Engine {
  /** The URLs of all nodes, separated by commas, for `redisFromUrl`. It includes the password. */
  readonly url: string;
  /** The password of the default user on all nodes; empty if it has none. */
  readonly password: string;
  /** The nodes, with the first masters at the front; empty if `given`. */
  readonly nodes: readonly RedisServer[];
  /** Whether `REDIS_URL` names it. It may be shared, so use a namespace. `stop` does nothing. */
  readonly given: boolean;
  /**
   * Waits until all running nodes report `cluster_state:ok`, for example after a failover.
   *
   * @throws TestingError `TESTING_TIMEOUT` after `limitMs`
   */
  healthy(limitMs?: number): Promise<void>;
  /** Stops all nodes and removes their folders or containers. A second call does nothing. */
  stop(): Promise<void>;
}

const SLOTS = 16_384;

/**
 * Starts a Redis Cluster on 127.0.0.1, by default six nodes, as local processes or in Docker.
 * Resolves when all nodes report `cluster_state:ok` and all replicas are in sync. If `REDIS_URL`
 * names several nodes, it returns that cluster, unless `own` is set. It takes three seconds, because
 * a master waits for two before it accepts writes.
 *
 * ```ts
 * const cluster = await startRedisCluster();
 * const redis = redisFromUrl(cluster.url);
 * ```
 *
 * @throws TestingError as `startRedis`
 */
export async function startRedisCluster(
  options: RedisClusterOptions = {},
  machine: Machine = localMachine,
): Promise<RedisCluster> {
  const { masters = 3, replicasPerMaster = 1, nodeTimeoutMs = 5_000 } = options;
  checkInteger("masters", masters, 1, 16);
  checkInteger("replicasPerMaster", replicasPerMaster, 0, 4);
  checkInteger("nodeTimeoutMs", nodeTimeoutMs, 500, 60_000);
  const limitMs = limitOf(options);
  const url = machine.env["REDIS_URL"] ?? "";
  const useGiven =
    !options.own && options.binary === undefined && !isDockerForced(machine) && parseUrls(url).length > 1;
  if (useGiven) return givenCluster(url);

  const password = passwordOf(options);
  const count = masters * (1 + replicasPerMaster);
  const group = await openGroup({ server: options, password, limitMs }, count, machine);
  return stopOnError(group, async () => {
    const spec = {
      settings: (busPort: number) => ({
        "cluster-enabled": "yes",
        "cluster-port": String(busPort),
        "cluster-config-file": "nodes.conf",
        "cluster-node-timeout": String(nodeTimeoutMs),
        "cluster-replica-validity-factor": "0",
        "cluster-allow-replica-migration": "no",
        ...group.announced,
      }),
    };
    const nodes = await group.start(Array.from({ length: count }, () => spec));
    await formCluster(nodes, masters, group, limitMs);
    const [{ engine, version } = { engine: "redis", version: "" } as const] = nodes;
    return {
      url: nodes.map((node) => node.url).join(","),
      password,
      nodes,
      engine,
      version,
      given: false,
      healthy: (healthyLimitMs = limitMs) => waitUntilHealthy(nodes, healthyLimitMs, () => group.log()),
      stop: () => group.stop(),
    };
  });
}

/**
 * Forms a cluster of new nodes. The first `masters` share the slots, the others are their replicas.
 */
async function formCluster(
  nodes: readonly RedisServer[],
  masters: number,
  group: ServerGroup,
  limitMs: number,
): Promise<void> {
  const log = () => group.log();
  const ids = await Promise.all(
    nodes.map((node, index) =>
      withConnection(node, async (redis) => {
        await redis.cluster("SET-CONFIG-EPOCH", index + 1);
        if (index < masters) {
          const first = Math.floor((index * SLOTS) / masters);
          await redis.call(
            "CLUSTER",
            "ADDSLOTSRANGE",
            first,
            Math.floor(((index + 1) * SLOTS) / masters) - 1,
          );
        }
        for (const other of nodes.slice(0, index))
          await redis.cluster("MEET", group.host, other.port, await busPort(other));
        return String(await redis.cluster("MYID"));
      }),
    ),
  );
  await waitUntil(
    () => allNodes(nodes, (state) => state.nodes === nodes.length),
    limitMs,
    "the nodes to meet",
    log,
  );
  await Promise.all(
    nodes
      .slice(masters)
      .map((replica, index) =>
        withConnection(replica, (redis) => redis.cluster("REPLICATE", ids[index % masters] ?? "")),
      ),
  );
  await waitUntilHealthy(nodes, limitMs, log, nodes.length - masters);
}

async function busPort(node: RedisServer): Promise<number> {
  return withConnection(node, async (redis) => Number((await redis.config("GET", "cluster-port"))[1]));
}

async function waitUntilHealthy(
  nodes: readonly RedisServer[],
  limitMs: number,
  log: () => readonly string[],
  replicas = 0,
): Promise<void> {
  const alive = nodes.filter((node) => node.running);
  const ok = () =>
    allNodes(
      alive,
      async (state, node) =>
        state.ok && state.replicas >= replicas && (state.master || (await isReplicaSynced(node))),
    );
  await waitUntil(ok, limitMs, "the cluster to be ok", log);
}

/** A node's view of the cluster. */
interface NodeView {
  readonly ok: boolean;
  readonly master: boolean;
  readonly nodes: number;
  readonly replicas: number;
}

async function allNodes(
  nodes: readonly RedisServer[],
  test: (view: NodeView, node: RedisServer) => boolean | Promise<boolean>,
): Promise<boolean> {
  const results = await Promise.all(nodes.map(async (node) => test(await viewOf(node), node)));
  return results.every(Boolean);
}

function viewOf(node: RedisServer): Promise<NodeView> {
  return withConnection(node, async (redis) => {
    const info = String(await redis.cluster("INFO"));
    const lines = String(await redis.cluster("NODES"))
      .trim()
      .split("\n");
    const known = lines.filter((line) => !/handshake|noaddr|fail/.test(line));
    return {
      ok: info.includes("cluster_state:ok"),
      master: lines.some((line) => line.includes("myself,master")),
      nodes: known.length,
      replicas: known.filter((line) => line.includes("slave")).length,
    };
  });
}

async function givenCluster(url: string): Promise<RedisCluster> {
  const engine = await engineOf(url, "REDIS_URL");
  return {
    url,
    password: parseUrls(url)[0]?.password ?? "",
    nodes: [],
    ...engine,
    given: true,
    healthy: async () => undefined,
    stop: async () => undefined,
  };
}
