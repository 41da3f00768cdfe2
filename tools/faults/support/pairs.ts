import { type ReplicaPair, startReplicaPair } from "../../../src/testing/index.js";
import type { Bench } from "../bench.js";

/** A primary and its replica of the run's own, of the engine under test. */
export async function ownPair(bench: Bench): Promise<ReplicaPair> {
  const binary = bench.binary === undefined ? {} : { binary: bench.binary };
  return bench.closing(await startReplicaPair({ own: true, ...binary }), (pair) => pair.stop());
}
