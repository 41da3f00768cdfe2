import { readFile, writeFile } from "node:fs/promises";

const HEAD = `# Benchmarks

\`npm run bench\` writes this page, and \`npm run bench -- --only scripts\` one section of it. [How to repeat](#how-to-repeat)
explains the figures.
`;

const FOOT = `## How to repeat

\`\`\`
npm ci && npm run bench                          # everything, more than half an hour
npm run bench -- --quick --json figures.json     # small sizes, less than four minutes; writes no page
npm run bench -- --only calls,locks              # two sections
npm run bench -- --help
\`\`\`

- **One run:** all figures of a section come from one run. Rounds of all sides alternate, and each comes first in every other round. A
  figure is the median of its rounds. The sections name their machine and their versions.
- **Processes:** each side has a process of its own, which runs compiled code. So neither the compiled code nor the heap of one side
  changes the figures of another. A process that waits uses no CPU time.
- **Ratio:** the figure of Moonpath divided by that of the peer. A rate, with a unit such as \`calls/s\`, should be high. A time should be
  low. A target without a ratio is one of the figure.
- **CPU:** the time of the client's whole process by \`process.cpuUsage()\`, and that of the server by \`INFO cpu\`.
- **Shared cores:** servers and clients share the cores of one machine. Times depend on the machine. Ratios are similar on other
  machines with two or more free cores.
- **JSON:** \`--json FILE\` writes \`{ "cases": [{ "name", "ours", "theirs", "unit", "ratio", "target", "ok" }] }\`. Without a peer or a
  target, the fields are \`null\`.
`;

/** Writes sections into the page. Sections that are not given stay as they are. */
export async function writePage(
  path: string,
  headings: ReadonlyMap<string, string>,
  sections: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const before = await readFile(path, "utf8").catch(() => "");
  await writeFile(path, pageWith(before, headings, sections));
}

/**
 * The page with these sections instead of its own ones of the same name.
 *
 * @param headings the heading of each section that a page may have, by its name and in their order
 */
export function pageWith(
  before: string,
  headings: ReadonlyMap<string, string>,
  sections: ReadonlyMap<string, readonly string[]>,
): string {
  const parts = [...headings].flatMap(([name, heading]) => {
    const lines = sections.get(name)?.join("\n") ?? sectionOf(before, name);
    return lines === undefined
      ? []
      : [`## ${heading}\n\n<!-- bench ${name} -->\n\n${lines}\n\n<!-- /bench ${name} -->\n`];
  });
  return [HEAD, ...parts, FOOT].join("\n");
}

function sectionOf(page: string, name: string): string | undefined {
  const [, rest] = page.split(`<!-- bench ${name} -->`);
  return rest?.split(`<!-- /bench ${name} -->`)[0]?.trim();
}
