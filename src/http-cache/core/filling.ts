import type { EntryLease } from "../../cache/index.js";
import type { Stored } from "../store/stored-response.js";
import type { ForwardEnd } from "./forwards.js";

/** The lease of an entry, and those that wait for it. */
export interface Filling {
  readonly lease: EntryLease<Stored>;
  /** Tells those that wait how it has ended. */
  readonly end: (end: ForwardEnd) => void;
  /** Its time is over: the response is not stored. */
  isLate: boolean;
  /** The body is not kept any more. */
  abandon: () => void;
}

/**
 * A fill that ends in time. A slow response is not stored; those that wait for it ask the origin
 * themselves.
 */
export function startFilling(
  lease: EntryLease<Stored>,
  limitMs: number,
  ended: (how: ForwardEnd) => void = ignored,
): Filling {
  const timer = setTimeout(() => {
    ended("unstored");
    lease.release();
    filling.isLate = true;
    filling.abandon();
  }, limitMs);
  const filling: Filling = {
    lease,
    isLate: false,
    abandon: () => undefined,
    end: (how) => {
      clearTimeout(timer);
      ended(how);
    },
  };
  return filling;
}

/** Ends a fill whose response is not stored. */
export function giveUp({ lease, end }: Filling): void {
  end("unstored");
  lease.release();
}

function ignored(): void {
  // Nobody waits for it.
}
