import type { Fault } from "./fault.js";
import { cartsKilled } from "./runs/clients/carts-killed.js";
import { clientsKilled } from "./runs/clients/clients-killed.js";
import { clocksWrong } from "./runs/clients/clocks-wrong.js";
import { holderStopped } from "./runs/clients/holder-stopped.js";
import { limitsHeld } from "./runs/clients/limits-held.js";
import { loadsInvalidated } from "./runs/clients/loads-invalidated.js";
import { loopBlocked } from "./runs/clients/loop-blocked.js";
import { outboxKilled } from "./runs/clients/outbox-killed.js";
import { pagesPurged } from "./runs/clients/pages-purged.js";
import { repliesCut } from "./runs/clients/replies-cut.js";
import { requestsRepeated } from "./runs/clients/requests-repeated.js";
import { viewWorkerKilled } from "./runs/clients/view-worker-killed.js";
import { workersKilled } from "./runs/clients/workers-killed.js";
import { writesKilled } from "./runs/clients/writes-killed.js";
import { couponsOverdrawn } from "./runs/scripts/coupons-overdrawn.js";
import { fullCycles } from "./runs/scripts/full-cycles.js";
import { histories } from "./runs/scripts/histories.js";
import { keysCorrupt } from "./runs/scripts/keys-corrupt.js";
import { modelsDiverge } from "./runs/scripts/models-diverge.js";
import { oversold } from "./runs/scripts/oversold.js";
import { cacheAway } from "./runs/servers/cache-away.js";
import { clusterMoved } from "./runs/servers/cluster-moved.js";
import { evicting } from "./runs/servers/evicting.js";
import { l1Untracked } from "./runs/servers/l1-untracked.js";
import { memoryFull } from "./runs/servers/memory-full.js";
import { powerLost } from "./runs/servers/power-lost.js";
import { primaryDemoted } from "./runs/servers/primary-demoted.js";
import { scriptsFlushed } from "./runs/servers/scripts-flushed.js";
import { sentinelFailover } from "./runs/servers/sentinel-failover.js";
import { serverPaused } from "./runs/servers/server-paused.js";

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
  loadsInvalidated,
  requestsRepeated,
  serverPaused,
  keysCorrupt,
  powerLost,
  fullCycles,
  modelsDiverge,
  cacheAway,
  couponsOverdrawn,
  cartsKilled,
  writesKilled,
  l1Untracked,
  pagesPurged,
  histories,
  limitsHeld,
  outboxKilled,
];
