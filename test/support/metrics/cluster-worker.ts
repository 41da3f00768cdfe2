/** A worker of Node's cluster: it makes a few calls, and answers when they have ended. */

import { AggregatorRegistry, Registry } from "prom-client";
import { createMoonpath } from "../../../src/index.js";
import {
  prometheusObserver,
  redisMetrics,
  shopObserver,
  writeBehindMetrics,
} from "../../../src/metrics/prometheus.js";
import { redisFromUrl } from "../../../src/testing/index.js";
import { createWriteQueue } from "../../../src/writebehind/index.js";

const [, , url = "", namespace = "", calls = "0"] = process.argv;
const register = new Registry();
AggregatorRegistry.setRegistries(register);
// It listens to the questions of the primary from now on.
new AggregatorRegistry();
const redis = redisFromUrl(url);
const observers = [prometheusObserver({ register }), shopObserver({ register })];
const moonpath = createMoonpath(redis, { namespace, observers });
const queue = createWriteQueue(moonpath, { name: "products" });
redisMetrics({ register, redis });
writeBehindMetrics({ register, queues: [queue], tenants: () => ["acme"] });
const { stock } = moonpath.tenant("acme");
for (let call = 0; call < Number(calls); call++) await stock.read({ product: "lamp", low: 1 });
process.send?.("done");
