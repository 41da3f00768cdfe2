import { type ReplicaPair, startReplicaPair } from "../../../src/testing/index.js";
import type { FaultRun } from "../fault-run.js";

/** Starts a primary and its replica with the program under test. */
export async function ownPair(run: FaultRun): Promise<ReplicaPair> {
  const binary = run.binary === undefined ? {} : { binary: run.binary };
  return run.onClose(await startReplicaPair({ own: true, ...binary }), (pair) => pair.stop());
}
