import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import * as moonpath from "../../src/index.js";
import { defaults, errorTable, MoonpathError } from "../../src/index.js";
import { metrics } from "../../src/metrics/prometheus.js";

const guide = await readFile(new URL("../../docs/client.md", import.meta.url), "utf8");

describe("docs/client.md", () => {
  test("has the client's table of errors", () => {
    const classes = new Map(exportedErrors().map(({ name, code }) => [code, name]));
    const rows = Object.entries(errorTable).map(([code, { meaning, action, status, retryable }]) => [
      `\`${code}\``,
      `\`${classes.get(code)}\``,
      meaning,
      action,
      `${status}`,
      retryable ? "yes" : "no",
    ]);
    expectTable("errors", ["Code", "Class", "What happened", "What to do", "HTTP", "Retry"], rows);
  });

  test("lists every exported error class, and a class for every code", () => {
    const inTable = [...between("errors").matchAll(/^\| `([A-Z_]+)` \| `(\w+)` \|/gm)].map(
      ([, code, name]) => ({ name, code }),
    );
    const byName = (one: { name: string | undefined }, other: { name: string | undefined }) =>
      `${one.name}` < `${other.name}` ? -1 : 1;
    expect(inTable.sort(byName)).toEqual(exportedErrors().sort(byName));
    expect(inTable.map(({ code }) => code).sort()).toEqual(Object.keys(errorTable).sort());
  });

  test("has the client's table of defaults", () => {
    const rows = Object.entries(defaults).map(([name, { value, because }]) => [
      `\`${name}\``,
      typeof value === "number" ? value.toLocaleString("en-GB") : `\`${value}\``,
      because,
    ]);
    expectTable("defaults", ["Name", "Value", "Why"], rows);
  });

  test("has the prom-client adapter's table of metrics", () => {
    const rows = Object.entries(metrics).map(([name, { type, labels, help }]) => [
      `\`moonpath_${name}\``,
      type,
      labels.map((label) => `\`${label}\``).join(", "),
      help,
    ]);
    expectTable("metrics", ["Metric", "Type", "Labels", "What it counts"], rows);
  });
});

/** Every error class of the package's main module, with its code. */
function exportedErrors(): { name: string; code: unknown }[] {
  return Object.entries(moonpath).flatMap(([name, exported]: [string, unknown]) => {
    if (typeof exported !== "function" || !(exported.prototype instanceof MoonpathError)) return [];
    const error: unknown = Reflect.construct(exported, ["what went wrong"]);
    return error instanceof MoonpathError ? [{ name, code: error.code }] : [];
  });
}

/** What stands between a table's markers in the guide. */
function between(marker: string): string {
  const [, text] = new RegExp(`<!-- ${marker} -->\n(.*?)<!-- /${marker} -->`, "s").exec(guide) ?? [];
  if (text === undefined)
    throw new Error(`docs/client.md has no place <!-- ${marker} --> … <!-- /${marker} -->`);
  return text;
}

/** The guide's table is this one; when it is not, the failure shows what to paste. */
function expectTable(marker: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`);
  const wanted = lines.join("");
  expect(between(marker), `docs/client.md has to hold, between its markers "${marker}":\n\n${wanted}`).toBe(
    wanted,
  );
}
