import { stringify } from "yaml";
import type { Alert } from "./alerts.js";

/** The file of rules for Prometheus. */
export function rulesOf(alerts: readonly Alert[]): string {
  const rules = alerts.map(({ name, threshold, holdsFor, severity, summary, action, expression }) => ({
    alert: name,
    expr: expression(threshold),
    for: holdsFor,
    labels: { severity },
    annotations: { summary, description: action },
  }));
  const groups = [{ name: "moonpath", rules }];
  return `# Generated from tools/dashboards by npm run generate. DO NOT EDIT.\n${stringify({ groups }, { lineWidth: 0, blockQuote: "literal" })}`;
}
