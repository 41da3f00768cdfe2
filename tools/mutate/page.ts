import { ACCEPTED } from "./accepted.js";
import { MUTANT_KINDS } from "./find/mutant.js";
import { NAMED_GUARDS, NAMED_REPEATS } from "./named.js";
import { count, type Judged, judge, repetitions, scoreOf } from "./score.js";
import type { Session } from "./session.js";
import type { LuaSources } from "./sources.js";
import { modelTestOf } from "./tests.js";

/** The report of a run over all scripts, as Markdown. */
export function mutationPage(
  sources: LuaSources,
  sessions: Readonly<Record<"all" | "model" | "named", Session>>,
  date: Date,
): string {
  const { all, model } = sessions;
  const judged = judge(sources.mutants, all.outcomes(), (domain) => all.filesOf(domain));
  const byModel = judge(sources.mutants, model.outcomes(), (domain) => model.filesOf(domain));
  const counted = judged.length - count(judged, "accepted");
  const pending = count(judged, "pending");
  return `# Mutation tests

\`npm run mutate\` writes this page. A mutant is a Lua script with one small fault. Each mutant ran once, on a real
server, against the tests of its scripts in \`test/lua\`, with the fixed seeds of the model tests. Date: ${date.toISOString().slice(0, 10)}.

**The tests find ${count(judged, "found")} of ${counted} mutants: ${percent(scoreOf(judged))}.** ${judged.length - counted} more mutants have no visible effect
and do not count.${pending > 0 ? ` ${pending} mutants have not run with all tests yet and count as not found.` : ""}

- guard: a condition that returns or raises is never true. Or the mutant lacks an operand of a condition, or a check of
  a key's type.
- comparison: \`<\` becomes \`<=\`, \`==\` becomes \`~=\`, and so on.
- write: the mutant lacks a command that writes, or one field, one member or the expiry of such a command.

## By domain

"Model alone" is the number of these mutants that the model test finds by itself.

${table(
  ["Domain", "Mutants", "Found", "Not found", "Score", "Model alone", "Accepted"],
  grouped(judged, ({ mutant }) => domainOf(mutant.file)).map(([domain, own]) => [
    domain,
    own.length,
    ...figures(own),
    foundByModel(byModel.filter(({ mutant }) => domainOf(mutant.file) === domain)),
    count(own, "accepted"),
  ]),
)}

## By kind

${table(
  ["Kind", "Mutants", "Found", "Not found", "Score", "Accepted"],
  MUTANT_KINDS.map((kind) => {
    const own = judged.filter(({ mutant }) => mutant.kind === kind);
    return [kind, own.length, ...figures(own), count(own, "accepted")];
  }),
)}

## Mutants that no test finds

${survivors(sources, judged)}

## Named guards

Each guard was removed ${NAMED_REPEATS} times. Each time, only the model test of its domain ran, with the fixed seeds.

${namedTable(sources, sessions.named)}

## Accepted mutants

No test can find these mutants, because they have no effect on replies and keys.

${ACCEPTED.map(({ id, reason }) => `- \`${id}\`: ${reason}`).join("\n") || "None."}

\`npm run mutate\` repeats the mutants whose scripts or tests have changed. \`--only stock.adjust\` runs one script, and \`--named\`
runs the named guards. \`--help\` lists all options.
`;
}

function figures(own: readonly Judged[]): (string | number)[] {
  const left = count(own, "survivor") + count(own, "pending");
  return [count(own, "found"), left, percent(scoreOf(own))];
}

function foundByModel(own: readonly Judged[]): string | number {
  return own.every(({ state }) => state === "pending" || state === "accepted")
    ? "not run"
    : count(own, "found");
}

function survivors(sources: LuaSources, judged: readonly Judged[]): string {
  const left = judged.filter(({ state }) => state === "survivor" || state === "pending");
  if (left.length === 0) return "None.";
  return left
    .map(({ mutant, state }) => {
      const { before, after } = sources.diff(mutant);
      const lines = (text: string, sign: string) =>
        text
          .split("\n")
          .filter((line) => line.trim() !== "")
          .map((line) => `${sign}${line}`)
          .join("\n");
      const note = state === "pending" ? " (has not run with all tests)" : "";
      return `\`lua/${mutant.file}:${mutant.line}\`${note}\n\n\`\`\`diff\n${lines(before, "-")}\n${lines(after, "+")}\n\`\`\``;
    })
    .join("\n\n");
}

function namedTable(sources: LuaSources, session: Session): string {
  const outcomes = session.outcomes();
  const rows = NAMED_GUARDS.map(({ id, domain, without }, index) => {
    const mutant = sources.mutants.find((one) => one.id === id);
    if (mutant === undefined) throw new Error(`there is no mutant ${id}`);
    const { found, missed } = repetitions(mutant, NAMED_REPEATS, outcomes, modelTestOf(domain));
    return [index + 1, code(id), without, found + missed === 0 ? "not run" : `${found} of ${NAMED_REPEATS}`];
  });
  return table(["#", "Guard", "Without it", "Found"], rows);
}

function grouped(judged: readonly Judged[], nameOf: (one: Judged) => string): [string, Judged[]][] {
  const groups = new Map<string, Judged[]>();
  for (const one of judged) {
    const group = groups.get(nameOf(one));
    if (group) group.push(one);
    else groups.set(nameOf(one), [one]);
  }
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
}

function domainOf(file: string): string {
  return file.split("/")[0] ?? "";
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}
