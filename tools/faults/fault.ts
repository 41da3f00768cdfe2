import type { FaultRun } from "./fault-run.js";

/** What a fault run found. */
export interface Finding {
  /** How much was tried: `1,000,000 reservations by 64 clients on 10,000 units`. */
  readonly size: string;
  /** What came out, as FAULTS asks for it: `0 oversold; the invariant held at 412 looks`. */
  readonly figure: string;
  /**
   * What the same fault does without the guard: proof that it bites. Absent where there is nothing
   * to leave out.
   */
  readonly control?: string;
  /** Whether the figure is what was promised, and the control bit. */
  readonly ok: boolean;
  /** Why a figure is not what it should be, or what limits it. */
  readonly note?: string;
}

/** One fault, run on real servers. */
export interface Fault {
  /** Its number in the table; it never changes. */
  readonly id: number;
  /** What happens, in a few words: `kill -9 of the view worker`. */
  readonly name: string;
  /** Runs it. Whatever it starts through the run is stopped afterwards, also when it throws. */
  run(run: FaultRun): Promise<Finding>;
}
