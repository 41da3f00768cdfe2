import type { OnError } from "../core/notify.js";
import type { SlotClient } from "./client.js";
import type { SlotEntry } from "./turns.js";

export interface SlotWorkerOptions {
  readonly client: SlotClient;
  /** The workers of one group share the slots. */
  readonly group: string;
  /** The index of a slot: a sorted set of `tenant:name` by time. */
  readonly keyInSlot: (slot: number) => string;
  /** A pattern of channels: those with the names of the indexes, and maybe others. */
  readonly channels: string;
  /**
   * Serves a due entry: work of limited size. `more`: the entry is still due. `done`: the index has a
   * later time, or the entry is gone; if not, the entry counts as failed. A number: the index was
   * corrected, and the entry is due again after so many milliseconds, or is gone (`Infinity`). If it
   * rejects, the entry is tried again later. The signal aborts after the grace time of `stop()`.
   */
  readonly serve: (entry: SlotEntry, signal: AbortSignal) => Promise<"more" | "done" | number>;
  readonly concurrency: number;
  readonly onError: OnError | undefined;
}

/** The state of a worker that serves slots, and its counts since it was created. */
export interface SlotWorkerStatus {
  readonly state: "new" | "asleep" | "working" | "stopping" | "stopped";
  /** Live workers of the group; 0 before this one has joined. */
  readonly workers: number;
  /** The slots of this worker. */
  readonly slots: number;
  /** Entries that are due and wait for their turn. */
  readonly queued: number;
  /** Entries that are being served. */
  readonly inFlight: number;
  /** Calls that served an entry. */
  readonly served: number;
  /** Calls that failed. Each is tried again. */
  readonly failed: number;
}
