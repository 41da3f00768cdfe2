import type { CallOptions } from "../../client/index.js";
import { asError } from "../../core/notify.js";
import { SHARED_TENANT } from "../../core/shared-tenant.js";
import type { CacheHost } from "../host.js";
import { EVERY_ENTRY } from "../read/header.js";
import type { MemoryState } from "./memory-guard.js";
import type { CacheClient, CacheServers } from "./servers.js";

/** Whether a server answers. */
export type ServerHealth =
  | { readonly state: "ready" }
  /** The error says why: a lost connection, a missing script, a missing right. */
  | { readonly state: "failed"; readonly error: Error };

/** The state of the servers of a client, for a health check. */
export interface Health {
  /** The server of the client. */
  readonly redis: ServerHealth;
  /** The server of caches; the same one unless the option `cache` names a second. */
  readonly cache: ServerHealth & CacheHealth;
}

/** The state of caches in this process. */
export interface CacheHealth {
  /** What the guard of memory knows; on a cluster, the most important state of all nodes. */
  readonly memory: MemoryState;
  /** How many values were not stored because of it. */
  readonly notStored: number;
  /** Invalidations that Redis has not confirmed. */
  readonly pendingInvalidations: number;
}

/** Runs a reading script on both servers. It never rejects. */
export async function healthOf(
  client: CacheClient,
  servers: CacheServers,
  host: CacheHost | undefined,
  options: CallOptions | undefined,
): Promise<Health> {
  const redis = serverHealth(client, options);
  const cache = servers.second ? serverHealth(servers.second, options) : redis;
  const state: CacheHealth = {
    memory: host?.memory.state ?? "unknown",
    notStored: host?.memory.notStored ?? 0,
    pendingInvalidations: host?.invalidations.pending ?? 0,
  };
  return { redis: await redis, cache: { ...(await cache), ...state } };
}

async function serverHealth(client: CacheClient, options: CallOptions | undefined): Promise<ServerHealth> {
  try {
    await client.ready(options);
    await client.scriptsOf(SHARED_TENANT, "cache").readTag({ tag: EVERY_ENTRY }, options);
    return { state: "ready" };
  } catch (error) {
    return { state: "failed", error: asError(error) };
  }
}
