import { type ReplicaPair, startReplicaPair } from "../../../src/testing/index.js";
import type { FaultRun } from "../fault-run.js";

/** A primary and its replica of the run's own, of the engine under test. */
export async function ownPair(run: FaultRun): Promise<ReplicaPair> {
  const binary = run.binary === undefined ? {} : { binary: run.binary };
  return run.onClose(await startReplicaPair({ own: true, ...binary }), (pair) => pair.stop());
}
