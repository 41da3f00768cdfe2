import { alerts } from "./alerts.js";
import { dashboards } from "./dashboards.js";
import { rulesOf } from "./rules.js";

/** All files below `generated/` that come from the table of metrics, by path. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ...[...dashboards()].map(([file, text]) => [`dashboards/${file}`, text] as const),
    ["rules/moonpath.yml", rulesOf(alerts)],
  ]);
}

/** The folders that have these files, and no others. */
export const FOLDERS = ["dashboards", "rules"] as const;
