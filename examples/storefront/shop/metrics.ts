import type { Observer, RedisLike } from "moonpath";
import { prometheusObserver, redisMetrics, shopObserver, writeBehindMetrics } from "moonpath/prometheus";
import type { Registry } from "prom-client";

/**
 * Registers all metrics of the shop, and returns the observers of its client. `onError` receives what
 * prevented a reading of Redis's own figures.
 */
export function shopMetrics(
  register: Registry,
  redis: RedisLike,
  onError: (error: Error) => void,
): readonly Observer[] {
  redisMetrics({ register, redis, onError });
  // The shop queues no writes, so the size of its queues is 0.
  writeBehindMetrics({ register, queues: [], tenants: () => [], onError });
  return [prometheusObserver({ register }), shopObserver({ register })];
}
