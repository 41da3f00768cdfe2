import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The last run of one cell. */
export interface Row {
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  readonly tests: string;
  readonly ok: boolean;
  readonly figure: string;
  /** Redis and the system: where it ran. */
  readonly where: string;
  /** The day of the run, such as `2026-11-29`. */
  readonly day: string;
}

/** The two commands, each with a table of its own. */
export type Group = "runtimes" | "clients";

const FILE = fileURLToPath(new URL("results.json", import.meta.url));
const PAGE = fileURLToPath(new URL("../../docs/support.md", import.meta.url));

/** Replaces the rows of the cells that ran, in the order of the cells, and writes the page. */
export function record(group: Group, rows: readonly Row[], order: readonly string[]): void {
  const ran = new Map(rows.map((row) => [row.id, row]));
  const before = readRows();
  const known = new Map([
    ...before.filter((row) => row.group === group).map((row) => [row.id, row] as const),
    ...ran,
  ]);
  // A cell that no longer exists loses its row.
  const own = order.flatMap((id) => known.get(id) ?? []);
  const other = before.filter((row) => row.group !== group);
  const all = group === "runtimes" ? [...own, ...other] : [...other, ...own];
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`);
  const page = readFileSync(PAGE, "utf8");
  writeFileSync(PAGE, pageWith(page, all));
}

/** The rows of the last runs. */
export function readRows(): readonly Row[] {
  const rows: readonly Row[] = JSON.parse(readFileSync(FILE, "utf8"));
  return rows;
}

/** The page with these rows in its tables. The text around the tables stays as it is. */
export function pageWith(page: string, rows: readonly Row[]): string {
  return (["runtimes", "clients"] as const).reduce((text, group) => {
    const table = [
      "| What | Test | Result | Where | Day |",
      "| --- | --- | --- | --- | --- |",
      ...rows
        .filter((row) => row.group === group)
        .map(({ title, tests, ok, figure, where, day }) => {
          const result = ok ? `passed${figure === "" ? "" : `, ${figure}`}` : "**failed**";
          return `| ${title} | ${tests} | ${result} | ${where} | ${day} |`;
        }),
    ].join("\n");
    const [before, after] = [`<!-- matrix ${group} -->`, `<!-- /matrix ${group} -->`];
    const [start = "", rest = ""] = text.split(before);
    const [, end = ""] = rest.split(after);
    return `${start}${before}\n\n${table}\n\n${after}${end}`;
  }, page);
}
