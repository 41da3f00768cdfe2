import { TestingError } from "../errors.js";
import type { Machine } from "../process/machine.js";
import { stopIdleWatchdog } from "../process/watchdog.js";
import { withConnection } from "./connection.js";
import { findRedis } from "./find-redis.js";
import { type NodeSpec, type RedisNode, startNode } from "./node.js";
import type { RedisServer, RedisServerOptions } from "./server.js";
import { serverOf } from "./server.js";

/**
 * Finds the program for servers that connect to each other. They are always local processes,
 * because in Docker they would report the addresses inside their containers.
 *
 * @throws TestingError `TESTING_UNSUPPORTED` if Docker is forced, `TESTING_NO_REDIS`
 */
export async function findGroupProgram(options: RedisServerOptions, machine: Machine): Promise<string> {
  const source = await findRedis({ binary: options.binary, own: true, group: true }, machine);
  if (source.kind === "program") return source.program;
  throw new TestingError(
    "TESTING_UNSUPPORTED",
    "MOONPATH_SERVERS forces Docker, but only single servers run in Docker. For a cluster, replicas or " +
      "Sentinel install redis-server or valkey-server and unset MOONPATH_SERVERS, or name a cluster in REDIS_URL.",
  );
}

/** Servers that stop together. */
export class ServerGroup {
  readonly #nodes: RedisNode[] = [];

  /**
   * Starts servers in parallel. If one fails, it throws the error, and the caller stops the group.
   */
  async start(specs: readonly NodeSpec[]): Promise<RedisServer[]> {
    const results = await Promise.allSettled(specs.map((spec) => this.#startOne(spec)));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.remove()));
    await stopIdleWatchdog();
  }

  /** The last log line of each server, for errors. */
  log(): readonly string[] {
    return this.#nodes.map(({ port, process }) => `${port}: ${process.log.at(-1) ?? ""}`);
  }

  async #startOne(spec: NodeSpec): Promise<RedisServer> {
    const node = await startNode(spec);
    this.#nodes.push(node);
    return serverOf(node);
  }
}

/** Runs `setUp` and returns its result. If it throws, the group is stopped first. */
export async function stopOnError<T>(group: ServerGroup, setUp: () => Promise<T>): Promise<T> {
  try {
    return await setUp();
  } catch (error) {
    await group.stop();
    throw error;
  }
}

/** Whether a replica is connected to its primary and in sync. */
export function isReplicaSynced(replica: RedisServer): Promise<boolean> {
  return withConnection(replica, async (redis) =>
    (await redis.info("replication")).includes("master_link_status:up"),
  );
}
