import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { SyncEvent } from "../client/index.js";
import { metrics } from "./table.js";

/** The hook `onSync` of an observer that exports calls to other services. */
export function syncHook(register: Registry, prefix: string): (event: SyncEvent) => void {
  const facts = <Name extends keyof typeof metrics>(name: Name) => ({
    name: prefix + name,
    help: metrics[name].help,
    registers: [register],
  });
  const operations = new Counter({
    ...facts("sync_operations_total"),
    labelNames: [...metrics.sync_operations_total.labels],
  });
  const retries = new Counter({
    ...facts("sync_retries_total"),
    labelNames: [...metrics.sync_retries_total.labels],
  });
  const breakers = new Gauge({ ...facts("sync_breakers"), labelNames: [...metrics.sync_breakers.labels] });
  const seconds = new Histogram({
    ...facts("sync_operation_duration_seconds"),
    labelNames: [...metrics.sync_operation_duration_seconds.labels],
    buckets: [...metrics.sync_operation_duration_seconds.buckets],
  });
  return (event) => {
    switch (event.kind) {
      case "operation":
        operations.inc({ sync_type: event.type, sync_status: event.outcome });
        seconds.observe({ sync_type: event.type }, event.durationMs / 1_000);
        return;
      case "retry":
        retries.inc({ sync_type: event.type });
        return;
      case "breaker":
        if (event.before !== undefined) breakers.dec({ breaker_state: event.before });
        if (event.state !== undefined) breakers.inc({ breaker_state: event.state });
    }
  };
}
