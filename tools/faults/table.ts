import type { Outcome } from "./run.js";

/**
 * The page that a full run writes: one row a fault, as it came out, and a short table of what other
 * engines did.
 */
export function faultsPage(outcomes: readonly Outcome[], date: string): string {
  const [first, ...others] = [...new Set(outcomes.map(({ engine }) => engine))];
  const main = outcomes.filter(({ engine }) => engine === first);
  const kept = main.filter(({ ok }) => ok).length;
  const minutes = Math.ceil(main.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) / 60_000);
  const rows = main.map(({ id, name, size, figure, control, ok, note }) =>
    [id, name, size, figure, control ?? "", note ?? "", ok ? "yes" : "**no**"].map(cell),
  );
  const head = ["#", "Fault", "Size", "Figure", "Without the guard", "Note", "As promised"];
  return `# What survives which fault

Written by \`npm run faults\`; not by hand. Every row is a run against real servers on one machine: ${first}, ${date}, ${minutes} minutes in all.
${kept} of ${main.length} figures are as promised. The numbers of the rows stay what they are; 15 and 22 belong to the cache, which is not
there yet.

"Without the guard" is the control: the same fault against the same work with the guard left out. It shows that the fault bites.

${table(head, rows)}
${others.map((engine) => otherEngine(engine, outcomes)).join("")}
\`npm run faults -- --only 3\` runs one of them; \`--quick\` runs all of them smaller; \`--also valkey-server\` adds a quick run on
another server program; \`--help\` says the rest.
`;
}

function otherEngine(engine: string, outcomes: readonly Outcome[]): string {
  const own = outcomes.filter((outcome) => outcome.engine === engine);
  const kept = own.filter(({ ok }) => ok).length;
  const rows = own.map(({ id, size, figure, control, note, ok }) =>
    [id, size, figure, control ?? "", note ?? "", ok ? "yes" : "**no**"].map(cell),
  );
  const head = ["#", "Size", "Figure", "Without the guard", "Note", "As promised"];
  return `
## ${engine}

The same, in the small sizes of the test suite: ${kept} of ${own.length} as promised.

${table(head, rows)}
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
