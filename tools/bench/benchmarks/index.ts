import type { Benchmark } from "../benchmark.js";
import { http } from "../http/hits.js";
import { sync } from "../http/sync.js";
import { observers } from "../observers/observers.js";
import { cache } from "./cache.js";
import { cacheSize } from "./cache-size.js";
import { calls } from "./calls.js";
import { clientPath } from "./client-path.js";
import { cluster } from "./cluster.js";
import { deadlines } from "./deadlines.js";
import { events } from "./events.js";
import { expiry } from "./expiry.js";
import { growth } from "./growth.js";
import { latency } from "./latency.js";
import { limits } from "./limits.js";
import { locks } from "./locks.js";
import { many } from "./many.js";
import { marks } from "./marks.js";
import { mixed } from "./mixed.js";
import { prices } from "./prices.js";
import { slots } from "./slots.js";
import { stockEvent } from "./stock-event.js";
import { views } from "./views.js";

/** All benchmarks except that of the scripts, by their names and in the order of the page. */
export const benchmarks: Readonly<Record<string, Benchmark>> = {
  calls,
  events,
  mixed,
  cluster,
  latency,
  "client-path": clientPath,
  observers,
  deadlines,
  many,
  "stock-event": stockEvent,
  prices,
  locks,
  marks,
  expiry,
  views,
  limits,
  cache,
  "cache-size": cacheSize,
  growth,
  http,
  sync,
  slots,
};
