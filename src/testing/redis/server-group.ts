import { TestingError } from "../errors.js";
import type { Machine } from "../process/machine.js";
import { stopIdleWatchdog } from "../process/watchdog.js";
import { withConnection } from "./connection.js";
import { findRedis } from "./find-redis.js";
import { type NodeSpec, type RedisNode, startNode } from "./node.js";
import type { RedisServer, RedisServerOptions } from "./server.js";
import { serverOf } from "./server.js";

/**
 * The program for servers that find one another: always processes of ours. The addresses that they
 * tell each other would be those inside the containers, so Docker is not used, and if forced it is
 * an error.
 */
export async function findGroupProgram(options: RedisServerOptions, machine: Machine): Promise<string> {
  const source = await findRedis({ binary: options.binary, own: true, group: true }, machine);
  if (source.kind === "program") return source.program;
  throw new TestingError(
    "TESTING_UNSUPPORTED",
    "Docker is forced (MOONPATH_SERVERS), and only single servers run in Docker. For a cluster, replicas or " +
      "Sentinel install redis-server or valkey-server and unset MOONPATH_SERVERS, or name a cluster in REDIS_URL.",
  );
}

/** Servers that are stopped together. */
export class ServerGroup {
  readonly #nodes: RedisNode[] = [];

  /**
   * Starts servers side by side; if one fails, its error is thrown. The caller then stops the
   * group.
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

  /** The last line of each server, for the error of a group that does not come together. */
  log(): readonly string[] {
    return this.#nodes.map(({ port, process }) => `${port}: ${process.log.at(-1) ?? ""}`);
  }

  async #startOne(spec: NodeSpec): Promise<RedisServer> {
    const node = await startNode(spec);
    this.#nodes.push(node);
    return serverOf(node);
  }
}

/** Runs `set` and hands back its result; if it fails, the group is stopped first. */
export async function stopOnError<T>(group: ServerGroup, set: () => Promise<T>): Promise<T> {
  try {
    return await set();
  } catch (error) {
    await group.stop();
    throw error;
  }
}

/** Whether a replica has caught up with its primary and follows it. */
export function isReplicaSynced(replica: RedisServer): Promise<boolean> {
  return withConnection(replica, async (redis) =>
    (await redis.info("replication")).includes("master_link_status:up"),
  );
}
