import { setTimeout as pause } from "node:timers/promises";
import { Cluster, type Redis } from "ioredis";
import { createMoonpath, type Tenant } from "../../../src/index.js";
import { type RedisCluster, startRedisCluster } from "../../../src/testing/index.js";
import type { FaultRun } from "../fault-run.js";
import { clientName, openCluster } from "./client-under-test.js";

/** The time limit in milliseconds for a node that restarts or takes over. */
const ROLE_LIMIT_MS = 30_000;

/** Starts a cluster of six with the program under test. */
export async function ownCluster(run: FaultRun): Promise<RedisCluster> {
  const binary = run.binary === undefined ? {} : { binary: run.binary };
  const cluster = await startRedisCluster({ own: true, nodeTimeoutMs: 1_000, ...binary });
  return run.onClose(cluster, () => cluster.stop());
}

/** A connection to the cluster. By default ioredis follows 16 redirections of a command. */
export function connectCluster(
  run: FaultRun,
  { nodes, password }: RedisCluster,
  maxRedirections = 16,
): Cluster {
  const places = nodes.map(({ host, port }) => ({ host, port }));
  const redisOptions = password === "" ? {} : { password };
  const redis = new Cluster(places, { clusterRetryStrategy: () => 50, maxRedirections, redisOptions });
  redis.on("error", () => {}); // Nodes that are gone are what these runs are about.
  return run.onClose(redis, () => redis.disconnect());
}

/** A client with its own connection to the cluster, in one namespace. */
export function clusterClient(run: FaultRun, cluster: RedisCluster, namespace: string): Tenant {
  const options = { namespace, retries: 1_000, deadlineMs: 20_000 };
  const connection =
    clientName() === "ioredis"
      ? connectCluster(run, cluster)
      : run.onClose(openCluster(cluster.nodes, cluster.password), (opened) => opened.disconnect());
  const moonpath = createMoonpath(connection, options);
  run.onClose(moonpath, () => moonpath.close());
  return moonpath.tenant("shop");
}

/** Waits until a node has the given role. A replica must also have all data. */
export async function waitForRole(
  node: Redis,
  role: "master" | "slave",
  limitMs = ROLE_LIMIT_MS,
): Promise<void> {
  if (!(await is(node, role, limitMs))) throw new Error(`a node has not become a ${role} in ${limitMs} ms`);
}

/** Makes a replica the primary by CLUSTER FAILOVER, in agreement with its primary. */
export async function takeOver(replica: Redis): Promise<void> {
  const until = performance.now() + ROLE_LIMIT_MS;
  while (performance.now() < until) {
    await replica.cluster("FAILOVER");
    // The other nodes do not vote twice within two node timeouts, so an attempt soon after a
    // failover fails.
    if (await is(replica, "master", 2_500)) return;
  }
  throw new Error(`a replica has not taken over in ${ROLE_LIMIT_MS} ms`);
}

async function is(node: Redis, role: "master" | "slave", limitMs: number): Promise<boolean> {
  const until = performance.now() + limitMs;
  while (performance.now() < until) {
    const info = await node.info("replication").catch(() => "");
    if (info.includes(`role:${role}`) && (role === "master" || info.includes("link_status:up"))) return true;
    await pause(10);
  }
  return false;
}

/**
 * Moves a slot with all its keys to another primary while clients use it. The slot stays half moved
 * for `halfMs`. During that time each primary has some of its keys, and the new primary answers for
 * keys that do not exist yet.
 */
export async function moveSlot(primaries: readonly Redis[], slot: number, halfMs: number): Promise<void> {
  const ids = await Promise.all(primaries.map(async (node) => String(await node.cluster("MYID"))));
  const owners = await Promise.all(primaries.map((node) => ownsSlot(node, slot)));
  const position = owners.indexOf(true);
  const other = (position + 1) % primaries.length;
  const [from, to, fromId, toId] = [primaries[position], primaries[other], ids[position], ids[other]];
  if (!from || !to || !fromId || !toId) throw new Error(`nobody to move slot ${slot} from or to`);
  await to.cluster("SETSLOT", slot, "IMPORTING", fromId);
  await from.cluster("SETSLOT", slot, "MIGRATING", toId);
  for (let batch = 1; ; batch = 100) {
    const keys = await from.cluster("GETKEYSINSLOT", slot, batch);
    if (keys.length === 0) break;
    const target = [String(to.options.host), String(to.options.port), "", "0", "5000"];
    const { password } = to.options;
    if (password) target.push("AUTH", password);
    await from.call("MIGRATE", [...target, "KEYS", ...keys.map(String)]);
    if (batch === 1) await pause(halfMs);
  }
  // The new owner learns it first, because no node may believe that the slot has no owner.
  for (const node of [to, from, ...primaries]) await node.cluster("SETSLOT", slot, "NODE", toId);
}

/** Whether a node says that it owns the slot. */
export async function ownsSlot(node: Redis, slot: number): Promise<boolean> {
  const lines = String(await node.cluster("NODES")).split("\n");
  const ranges =
    lines
      .find((line) => line.includes("myself"))
      ?.split(" ")
      .slice(8) ?? [];
  return ranges.some((range) => covers(range, slot));
}

function covers(range: string, slot: number): boolean {
  const [first = Number.NaN, last = first] = range.split("-").map(Number);
  return slot >= first && slot <= last;
}

/** The number of replies with each of these errors. */
export async function answeredWith(
  servers: readonly Redis[],
  codes: readonly string[],
): Promise<readonly number[]> {
  const stats = await Promise.all(servers.map((server) => server.info("errorstats")));
  const all = stats.join("\n");
  return codes.map((code) =>
    [...all.matchAll(new RegExp(`errorstat_${code}:count=(\\d+)`, "g"))].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    ),
  );
}
