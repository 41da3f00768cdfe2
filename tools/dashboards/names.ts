import { exportedName, type MetricName } from "../../src/metrics/table.js";

/** The exported name of a metric of the table, so that the compiler finds a wrong one. */
export function named(name: MetricName): string {
  return exportedName(name);
}
