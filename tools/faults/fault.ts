import type { FaultRun } from "./fault-run.js";

/** The result of a fault run. */
export interface Finding {
  /** The size of the run: `1,000,000 reservations by 64 clients on 10,000 units`. */
  readonly size: string;
  /** The figures: `0 oversold; the invariant held in all of 412 checks`. */
  readonly figure: string;
  /** The figures of the same fault without the guard, which prove that the fault is effective. */
  readonly control: string;
  /** Whether the figures are as promised and the control failed. */
  readonly ok: boolean;
  /** The reason for a wrong figure, or a limit of the run. */
  readonly note?: string;
}

/** One fault, run on real servers. */
export interface Fault {
  /** Its number in the table; it never changes. */
  readonly id: number;
  /** The fault in a few words: `kill -9 of the view worker`. */
  readonly name: string;
  /** Runs the fault. Everything that it starts through `run` is stopped afterwards, also after an error. */
  run(run: FaultRun): Promise<Finding>;
}
