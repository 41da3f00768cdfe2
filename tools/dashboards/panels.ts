import { exportedLabel, exportedName, type MetricName, metrics } from "../../src/metrics/table.js";

/** A panel that shows one metric. */
export interface Panel {
  readonly title: string;
  readonly description: string;
  /** A unit of Grafana. */
  readonly unit: string;
  readonly queries: readonly { readonly expr: string; readonly legend: string }[];
}

/** The units of Grafana, by those of the table. Others are plain numbers. */
const UNITS: Readonly<Record<string, string>> = { seconds: "s", bytes: "bytes", part: "percentunit" };

const QUANTILES = [0.5, 0.95, 0.99];

/** The panel of a metric: a rate for a counter, quantiles for a histogram, the value for a gauge. */
export function panelOf(name: MetricName): Panel {
  const row = metrics[name];
  const shown = exportedName(name);
  const labels = row.labels.map(exportedLabel);
  const by = labels.length > 0 ? ` by (${labels.join(", ")})` : "";
  const legend = labels.map((label) => `{{${label}}}`).join(" ");
  const common = { title: titleOf(shown), description: row.help };
  switch (row.type) {
    case "counter": {
      // What each process says of Redis is the same figure.
      const add = "aggregator" in row ? row.aggregator : "sum";
      const expr = `${add}${by} (rate(${shown}[$__rate_interval]))`;
      return { ...common, unit: "cps", queries: [{ expr, legend }] };
    }
    case "gauge": {
      const add = "aggregator" in row ? (row.aggregator === "average" ? "avg" : row.aggregator) : "sum";
      const expr = `${add}${by} (${shown})`;
      return { ...common, unit: UNITS[row.unit] ?? "short", queries: [{ expr, legend }] };
    }
    case "histogram": {
      const own = ["le", ...labels].join(", ");
      return {
        ...common,
        unit: UNITS[row.unit] ?? "short",
        queries: QUANTILES.map((quantile) => ({
          expr: `histogram_quantile(${quantile}, sum by (${own}) (rate(${shown}_bucket[$__rate_interval])))`,
          legend: `${legend} p${quantile * 100}`.trim(),
        })),
      };
    }
  }
}

/** `Script calls` for `moonpath_script_calls_total`. */
function titleOf(name: string): string {
  const words = name
    .replace(/^moonpath_/, "")
    .replace(/_total$/, "")
    .replace(/_(seconds|bytes)$/, " ($1)")
    .replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
