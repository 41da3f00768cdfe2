import { codeOf, isServerError } from "../call/failure.js";
import type { Topology } from "./topology.js";

/** How full the memory of a server is. */
export type ServerMemory =
  | {
      readonly kind: "known";
      /** What counts towards `maxmemory`. */
      readonly usedBytes: number;
      /** `maxmemory`; 0 if there is no limit. */
      readonly maxBytes: number;
      /** Whether the server removes keys at its limit. Otherwise it refuses writes there. */
      readonly mayEvict: boolean;
    }
  /** The user has no right to INFO. */
  | { readonly kind: "refused" }
  | { readonly kind: "unknown" };

/** Reads INFO of the server that owns the key. It has no time limit of its own, and never rejects. */
export async function readMemory(topology: Topology, key: string): Promise<ServerMemory> {
  try {
    const [reply] = (await topology.connectionFor(key)?.read([["INFO", ["memory"]]])) ?? [];
    const [error, info] = reply ?? [];
    if (error) throw error;
    return memoryOf(String(info));
  } catch (error) {
    if (isServerError(error) && codeOf(error) === "NOPERM") return { kind: "refused" };
    return { kind: "unknown" };
  }
}

function memoryOf(info: string): ServerMemory {
  const field = (name: string) => new RegExp(`^${name}:([\\w.-]+)`, "m").exec(info)?.[1];
  const [used, max] = [Number(field("used_memory")), Number(field("maxmemory"))];
  const policy = field("maxmemory_policy");
  if (!Number.isFinite(used) || !Number.isFinite(max) || policy === undefined) return { kind: "unknown" };
  // The server does not count its buffers for replicas and the append-only file.
  const buffers = Number(field("mem_not_counted_for_evict") ?? 0);
  return { kind: "known", usedBytes: used - buffers, maxBytes: max, mayEvict: policy !== "noeviction" };
}
