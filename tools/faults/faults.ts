import type { Fault } from "./fault.js";
import { clientsKilled } from "./runs/clients-killed.js";
import { clocksWrong } from "./runs/clocks-wrong.js";
import { clusterMoved } from "./runs/cluster-moved.js";
import { evicting } from "./runs/evicting.js";
import { fullCycles } from "./runs/full-cycles.js";
import { holderStopped } from "./runs/holder-stopped.js";
import { keysCorrupt } from "./runs/keys-corrupt.js";
import { loopBlocked } from "./runs/loop-blocked.js";
import { memoryFull } from "./runs/memory-full.js";
import { modelsDiverge } from "./runs/models-diverge.js";
import { oversold } from "./runs/oversold.js";
import { powerLost } from "./runs/power-lost.js";
import { primaryDemoted } from "./runs/primary-demoted.js";
import { repliesCut } from "./runs/replies-cut.js";
import { requestsRepeated } from "./runs/requests-repeated.js";
import { scriptsFlushed } from "./runs/scripts-flushed.js";
import { sentinelFailover } from "./runs/sentinel-failover.js";
import { serverPaused } from "./runs/server-paused.js";
import { viewWorkerKilled } from "./runs/view-worker-killed.js";
import { workersKilled } from "./runs/workers-killed.js";

/** Every fault, by its number. */
export const faults: readonly Fault[] = [
  oversold,
  viewWorkerKilled,
  repliesCut,
  holderStopped,
  loopBlocked,
  sentinelFailover,
  clusterMoved,
  scriptsFlushed,
  clientsKilled,
  memoryFull,
  evicting,
  primaryDemoted,
  clocksWrong,
  workersKilled,
  requestsRepeated,
  serverPaused,
  keysCorrupt,
  powerLost,
  fullCycles,
  modelsDiverge,
];
