import { describe, expect, test } from "vitest";
import * as moonpath from "../../src/index.js";
import { defaults, errorTable, MoonpathError } from "../../src/index.js";
import {
  exportedLabel,
  exportedName,
  type MetricName,
  metricLabels,
  metrics,
} from "../../src/metrics/table.js";
import { alerts } from "../../tools/dashboards/alerts.js";
import { between, expectTable, membersOf, textOf } from "../support/docs.js";

const guide = await textOf("docs/client.md");

describe("docs/client.md", () => {
  test("has the client's table of errors", async () => {
    const classes = new Map(exportedErrors().map(({ name, code }) => [code, name]));
    const rows = Object.entries(errorTable).map(([code, { meaning, action, status, retryable, ...more }]) => [
      `\`${code}\``,
      `\`${classes.get(code)}\``,
      meaning,
      action,
      `${status}`,
      retryable ? "yes" : "retryCondition" in more ? more.retryCondition : "no",
    ]);
    await expectTable(
      "docs/client.md",
      "errors",
      ["Code", "Class", "What happened", "What to do", "HTTP", "Call again"],
      rows,
    );
  });

  test("lists every exported error class, and a class for every code", () => {
    const inTable = [...between(guide, "errors").matchAll(/^\| `([A-Z_]+)` \| `(\w+)` \|/gm)].map(
      ([, code, name]) => ({ name, code }),
    );
    const byName = (one: { name: string | undefined }, other: { name: string | undefined }) =>
      `${one.name}` < `${other.name}` ? -1 : 1;
    expect(inTable.sort(byName)).toEqual(exportedErrors().sort(byName));
    expect(inTable.map(({ code }) => code).sort()).toEqual(Object.keys(errorTable).sort());
  });

  test("has the client's table of defaults", async () => {
    const rows = Object.entries(defaults).map(([name, { value, because }]) => [
      `\`${name}\``,
      typeof value === "number" ? value.toLocaleString("en-GB") : `\`${value}\``,
      because,
    ]);
    await expectTable("docs/client.md", "defaults", ["Name", "Value", "Why"], rows);
  });
});

describe("docs/metrics.md", () => {
  const isName = (name: string): name is MetricName => name in metrics;
  const names = Object.keys(metrics).filter(isName);
  const rowsOf = (registeredBy: string) =>
    names
      .filter(
        (name) =>
          ("registeredBy" in metrics[name] ? metrics[name].registeredBy : "prometheusObserver") ===
          registeredBy,
      )
      .map((name) => {
        const { type, unit, labels, help } = metrics[name];
        return [
          code(exportedName(name)),
          type,
          unit,
          labels.map((label) => code(exportedLabel(label))).join(", "),
          help,
        ];
      });

  test.each(["prometheusObserver", "shopObserver", "redisMetrics", "writeBehindMetrics"])(
    "has the table of the metrics of %s",
    async (registeredBy) => {
      const head = ["Metric", "Type", "Unit", "Labels", "What it measures"];
      await expectTable("docs/metrics.md", registeredBy, head, rowsOf(registeredBy));
    },
  );

  test("has the table of the metrics' labels", async () => {
    const rows = Object.entries(metricLabels).map(([name, label]) => {
      const values = "values" in label ? label.values : [];
      const listed =
        name === "code"
          ? "the codes of the table of [errors](client.md#errors)"
          : values.map(code).join(", ");
      return [code(exportedLabel(name)), label.help, "boundedBy" in label ? label.boundedBy : listed];
    });
    await expectTable("docs/metrics.md", "metric-labels", ["Label", "Meaning", "Values"], rows);
  });

  test("has the table of alerts", async () => {
    const rows = alerts.map(({ name, threshold, holdsFor, severity, action }) => [
      code(name),
      `${threshold}`,
      holdsFor,
      severity,
      action,
    ]);
    await expectTable(
      "docs/metrics.md",
      "alerts",
      ["Alert", "Threshold", "For", "Severity", "What to do"],
      rows,
    );
  });
});

test("docs/expiry.md has a table of a worker's status, with the first sentences of the docstrings", async () => {
  const members = membersOf(await textOf("src/expiry/options.ts"), "ExpiryWorkerStatus");
  const rows = [...members].map(([field, doc]) => [
    `\`${field}\``,
    /^.*?\.(?= |$)/.exec(doc.trim())?.[0] ?? "",
  ]);
  expect(rows.length).toBeGreaterThan(0);
  await expectTable("docs/expiry.md", "status", ["Field", "Meaning"], rows);
});

function code(text: string): string {
  return `\`${text}\``;
}

/** Every error class of the package's main module, with its code. */
function exportedErrors(): { name: string; code: unknown }[] {
  return Object.entries(moonpath).flatMap(([name, exported]: [string, unknown]) => {
    if (typeof exported !== "function" || !(exported.prototype instanceof MoonpathError)) return [];
    const error: unknown = Reflect.construct(exported, ["what went wrong"]);
    return error instanceof MoonpathError ? [{ name, code: error.code }] : [];
  });
}
