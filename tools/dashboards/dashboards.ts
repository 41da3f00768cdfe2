import { type MetricName, metrics } from "../../src/metrics/table.js";
import { type Panel, panelOf } from "./panels.js";

/** A dashboard has the metrics whose names begin in one of these ways. */
interface Board {
  readonly file: string;
  readonly title: string;
  readonly description: string;
  readonly beginnings: readonly string[];
}

/** The first one that fits a metric has it. */
const boards: readonly Board[] = [
  {
    file: "scripts.json",
    title: "Moonpath: scripts",
    description: "Calls of scripts, their times, errors and retries, rate limits and credentials.",
    beginnings: ["script_", "limit_", "credential_"],
  },
  {
    file: "queues.json",
    title: "Moonpath: queues",
    description: "Queues of write-behind, events, and calls of other services.",
    beginnings: ["writebehind_", "conn_dict_cache_write_behind_", "event_", "sync_", "catalog_sync_"],
  },
  {
    file: "caches.json",
    title: "Moonpath: caches",
    description: "Hit ratios, times and loads of caches of data and of responses.",
    beginnings: ["cache_", "catalog_cache_", "conn_dict_cache_"],
  },
  {
    file: "redis.json",
    title: "Moonpath: Redis",
    description: "What Redis says of itself.",
    beginnings: ["redis_"],
  },
];

/** The dashboards of Grafana by file, each with the panels of its metrics. */
export function dashboards(): ReadonlyMap<string, string> {
  const names = new Map<Board, MetricName[]>();
  for (const name of metricNames()) {
    const board = boards.find(({ beginnings }) => beginnings.some((beginning) => name.startsWith(beginning)));
    if (!board) throw new Error(`no dashboard has the metric ${name}: add its beginning to a row of boards`);
    names.set(board, [...(names.get(board) ?? []), name]);
  }
  return new Map([...names].map(([board, own]) => [board.file, textOf(board, own.map(panelOf))]));
}

function metricNames(): MetricName[] {
  const isName = (name: string): name is MetricName => name in metrics;
  return Object.keys(metrics).filter(isName).sort();
}

const WIDTH = 12;
const HEIGHT = 8;
const DATASOURCE = { type: "prometheus", uid: "$datasource" };

function textOf({ file, title, description }: Board, panels: readonly Panel[]): string {
  const dashboard = {
    uid: `moonpath-${file.replace(".json", "")}`,
    title,
    description: `${description} Generated from tools/dashboards by npm run generate. DO NOT EDIT.`,
    tags: ["moonpath"],
    schemaVersion: 39,
    editable: false,
    refresh: "10s",
    time: { from: "now-1h", to: "now" },
    templating: {
      list: [{ name: "datasource", label: "Data source", type: "datasource", query: "prometheus" }],
    },
    panels: panels.map((panel, index) => ({
      id: index + 1,
      type: "timeseries",
      title: panel.title,
      description: panel.description,
      datasource: DATASOURCE,
      gridPos: {
        x: (index % 2) * WIDTH,
        y: Math.floor(index / 2) * HEIGHT,
        w: WIDTH,
        h: HEIGHT,
      },
      fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
      targets: panel.queries.map(({ expr, legend }, place) => ({
        refId: String.fromCharCode("A".charCodeAt(0) + place),
        datasource: DATASOURCE,
        expr,
        legendFormat: legend === "" ? "__auto" : legend,
      })),
    })),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
