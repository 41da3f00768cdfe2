import { checkInteger } from "../errors.js";
import { localMachine, type Machine } from "../process/machine.js";
import { waitUntil } from "../wait.js";
import { type Engine, engineOf, parseUrls, withConnection } from "./connection.js";
import { isDockerForced } from "./find-redis.js";
import { passwordOf } from "./password.js";
import { limitOf, type RedisServer, type RedisServerOptions, serverArgs } from "./server.js";
import { findGroupProgram, isReplicaSynced, ServerGroup, stopOnError } from "./server-group.js";

/** The options of a Redis Cluster for tests. All may be left out. */
export interface RedisClusterOptions extends RedisServerOptions {
  /** 1 to 16. Fewer than three cannot elect a new master. Default 3. */
  readonly masters?: number;
  /** 0 to 4. Default 1. */
  readonly replicasPerMaster?: number;
  /** How long a silent node counts as alive, in milliseconds, 500 to 60,000. Default 5,000. */
  readonly nodeTimeoutMs?: number;
}

/** A running Redis Cluster. */
export interface RedisCluster extends Engine {
  /** Every node, comma-separated; for `redisFromUrl`. */
  readonly url: string;
  /** Of every node's default user; empty if there is none. */
  readonly password: string;
  /** The nodes, masters of the start first; empty if `given`. */
  readonly nodes: readonly RedisServer[];
  /**
   * Whether `REDIS_URL` named it. Then it is shared: namespace your keys, and nothing here stops
   * it.
   */
  readonly given: boolean;
  /** Waits until every living node sees the whole cluster as ok, for example after a failover. */
  healthy(limitMs?: number): Promise<void>;
  stop(): Promise<void>;
}

const slots = 16_384;

/**
 * Starts a Redis Cluster of real processes on 127.0.0.1 (six by default) and resolves when all of
 * them see `cluster_state:ok` and all replicas follow. If `REDIS_URL` names several nodes, that
 * cluster is used instead, unless `own` is set. Takes three seconds: a master waits two before it
 * takes writes.
 *
 * @throws TestingError as `startRedis`, and `TESTING_UNSUPPORTED` when Docker is forced
 * @example
 * const cluster = await startRedisCluster();
 * const redis = redisFromUrl(cluster.url);
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

  const program = await findGroupProgram(options, machine);
  const group = new ServerGroup();
  const password = passwordOf(options);
  return stopOnError(group, async () => {
    const spec = {
      program,
      password,
      args: (port: number, busPort: number, folder: string) =>
        serverArgs(port, folder, options, password, {
          "cluster-enabled": "yes",
          "cluster-port": String(busPort),
          "cluster-config-file": "nodes.conf",
          "cluster-node-timeout": String(nodeTimeoutMs),
          "cluster-replica-validity-factor": "0",
          "cluster-allow-replica-migration": "no",
        }),
      limitMs,
    };
    const nodes = await group.start(Array.from({ length: masters * (1 + replicasPerMaster) }, () => spec));
    await join(nodes, masters, limitMs, () => group.log());
    const [{ engine, version } = { engine: "redis", version: "" } as const] = nodes;
    return {
      url: nodes.map((node) => node.url).join(","),
      password,
      nodes,
      engine,
      version,
      given: false,
      healthy: (healthyLimitMs = limitMs) => healthy(nodes, healthyLimitMs, () => group.log()),
      stop: () => group.stop(),
    };
  });
}

/**
 * Makes a cluster of fresh nodes: the first `masters` share the slots, the others follow them in
 * turn.
 */
async function join(
  nodes: readonly RedisServer[],
  masters: number,
  limitMs: number,
  log: () => readonly string[],
): Promise<void> {
  const ids = await Promise.all(
    nodes.map((node, index) =>
      withConnection(node, async (redis) => {
        await redis.cluster("SET-CONFIG-EPOCH", index + 1);
        if (index < masters) {
          const first = Math.floor((index * slots) / masters);
          await redis.call(
            "CLUSTER",
            "ADDSLOTSRANGE",
            first,
            Math.floor(((index + 1) * slots) / masters) - 1,
          );
        }
        for (const other of nodes.slice(0, index))
          await redis.cluster("MEET", other.host, other.port, await busPort(other));
        return String(await redis.cluster("MYID"));
      }),
    ),
  );
  await waitUntil(
    () => every(nodes, (state) => state.nodes === nodes.length),
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
  await healthy(nodes, limitMs, log, nodes.length - masters);
}

async function busPort(node: RedisServer): Promise<number> {
  return withConnection(node, async (redis) => Number((await redis.config("GET", "cluster-port"))[1]));
}

async function healthy(
  nodes: readonly RedisServer[],
  limitMs: number,
  log: () => readonly string[],
  replicas = 0,
): Promise<void> {
  const alive = nodes.filter((node) => node.pid !== undefined);
  const ok = () =>
    every(
      alive,
      async (state, node) =>
        state.ok && state.replicas >= replicas && (state.master || (await isReplicaSynced(node))),
    );
  await waitUntil(ok, limitMs, "the cluster to be ok", log);
}

/** One node's view of the cluster. */
interface View {
  readonly ok: boolean;
  readonly master: boolean;
  readonly nodes: number;
  readonly replicas: number;
}

async function every(
  nodes: readonly RedisServer[],
  test: (view: View, node: RedisServer) => boolean | Promise<boolean>,
): Promise<boolean> {
  const answers = await Promise.all(nodes.map(async (node) => test(await viewOf(node), node)));
  return answers.every(Boolean);
}

function viewOf(node: RedisServer): Promise<View> {
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
