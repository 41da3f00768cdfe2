import { UnavailableError } from "../../core/errors.js";
import { isServerError, NotSentError } from "../call/failure.js";
import { safeCause } from "../call/typed-error.js";
import type { Topology } from "./topology.js";

/** What one reading found. */
export interface ByteReads {
  /** By the position of the key; null if there is no such key, or if it holds no string. */
  readonly values: readonly (Buffer | null)[];
  /** Redis's clock after the reading. */
  readonly nowMs: number;
}

/**
 * Reads strings of one server with MGET, and then its clock with TIME. It has no time limit of its own.
 * Undefined while the connection is not usable, or if the server refuses to be read.
 *
 * @throws UnavailableError if the connection is lost
 */
export async function readBytes(topology: Topology, keys: readonly string[]): Promise<ByteReads | undefined> {
  try {
    const connection = topology.connectionFor(keys[0]);
    const replies = await connection?.readBuffers([["MGET", ...keys], ["TIME"]]);
    const [read, clock] = replies ?? [];
    const error = read?.error ?? clock?.error;
    if (error) throw error;
    return read && clock && readsOf(read.reply, clock.reply);
  } catch (error) {
    if (error instanceof NotSentError || isServerError(error)) return undefined;
    const cause = error instanceof Error ? safeCause(error, { keys, args: [] }, []) : undefined;
    throw new UnavailableError("the connection was lost before the answer came", { cause });
  }
}

function readsOf(values: unknown, clock: unknown): ByteReads {
  const list: readonly unknown[] = Array.isArray(values) ? values : [];
  const [seconds, micros]: readonly unknown[] = Array.isArray(clock) ? clock : [];
  return {
    values: list.map((value) => (Buffer.isBuffer(value) ? value : null)),
    // Rounded up, so that nothing is fresh for longer than Redis says.
    nowMs: Number(seconds) * 1_000 + Math.ceil(Number(micros) / 1_000),
  };
}
