import { withConnection } from "./connection.js";
import type { RedisServer, RedisServerOptions } from "./types.js";

/** A server of a group: a data server, or a Sentinel if it has lines for a `sentinel.conf`. */
export interface MemberSpec {
  /** More settings of a data server than its options have. The group chooses the bus port. */
  readonly settings?: (busPort: number) => Readonly<Record<string, string>>;
  /** The lines of a Sentinel without its port, its address and its folder. */
  readonly sentinelLines?: readonly string[];
}

/** What all servers of a group have in common. */
export interface GroupOptions {
  readonly server: RedisServerOptions;
  readonly password: string;
  readonly limitMs: number;
}

/** Servers that connect to each other, and stop together. */
export interface ServerGroup {
  /** The host at which the servers of the group reach each other. */
  readonly host: string;
  /** The settings with which a node of a cluster announces an address that clients can use. */
  readonly announced: Readonly<Record<string, string>>;
  /**
   * Starts servers in parallel. If one fails, it throws the error, and the caller stops the group.
   */
  start(specs: readonly MemberSpec[]): Promise<RedisServer[]>;
  stop(): Promise<void>;
  /** The last log line of each server, for errors. */
  log(): readonly string[];
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

/** All results, or the first error after all have ended. */
export async function allStarted<T>(starts: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(starts);
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  return results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
}

/** Whether a replica is connected to its primary and in sync. */
export function isReplicaSynced(replica: RedisServer): Promise<boolean> {
  return withConnection(replica, async (redis) =>
    (await redis.info("replication")).includes("master_link_status:up"),
  );
}
