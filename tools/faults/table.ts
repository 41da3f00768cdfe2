import type { Outcome } from "./run.js";

/** The page that a full run writes: one row a fault, as it came out. */
export function faultsPage(outcomes: readonly Outcome[], date: string): string {
  const engines = [...new Set(outcomes.map(({ engine }) => engine))];
  const kept = outcomes.filter(({ ok }) => ok).length;
  const rows = outcomes.map(({ id, name, size, figure, control, ok, note, engine }) =>
    [id, name, size, figure, control ?? "", note ?? "", engine, ok ? "yes" : "**no**"].map(cell),
  );
  const head = ["#", "Fault", "Size", "Figure", "Without the guard", "Note", "Engine", "As promised"];
  return `# What survives which fault

Written by \`npm run faults\`; not by hand. Every row is a run against real servers on one machine, on ${date}: ${engines.join(", ")}.
${kept} of ${outcomes.length} figures are as promised. The numbers of the rows stay what they are; 15 and 22 belong to the cache, which is not
there yet.

"Without the guard" is the control: the same fault against the same work with the guard left out. It shows that the fault bites.

${table(head, rows)}

\`npm run faults -- --only 3\` runs one of them; \`--quick\` runs all of them smaller; \`--help\` says the rest.
`;
}

/** The same as JSON, for machines. */
export function faultsJson(outcomes: readonly Outcome[]): string {
  const faults = outcomes.map(({ id, name, size, figure, control, ok, note, engine, scale, elapsedMs }) => ({
    id,
    name,
    size,
    figure,
    control: control ?? null,
    ok,
    note: note ?? null,
    engine,
    scale,
    elapsedMs,
  }));
  return `${JSON.stringify({ faults }, null, 2)}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function cell(value: string | number): string {
  return String(value).split("\n")[0]?.replaceAll("|", "\\|") ?? "";
}
