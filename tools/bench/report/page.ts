import { readFile, writeFile } from "node:fs/promises";
import type { Measure } from "./benchmark.js";

const HEAD = `# Benchmarks

\`npm run bench\` writes this page, and \`npm run bench -- --only scripts\` one section of it. Servers and client shared the cores
of one machine. Times depend on the machine. Ratios are similar on other machines.
`;

const HEADINGS: Readonly<Record<string, string>> = {
  claims: "Claims of due items",
  slots: "Workers of all tenants",
  views: "Views",
  limits: "Rate limits",
  many: "Many calls at once",
  scripts: "Scripts",
};

/** Writes sections into the page. Sections that are not given stay as they are. */
export async function writePage(
  path: string,
  sections: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const before = await readFile(path, "utf8").catch(() => "");
  await writeFile(path, pageWith(before, sections));
}

/** The page with these sections instead of its own ones of the same name. */
export function pageWith(before: string, sections: ReadonlyMap<string, readonly string[]>): string {
  const parts = Object.entries(HEADINGS).flatMap(([name, heading]) => {
    const lines = sections.get(name)?.join("\n") ?? sectionOf(before, name);
    return lines === undefined
      ? []
      : [`## ${heading}\n\n<!-- bench ${name} -->\n\n${lines}\n\n<!-- /bench ${name} -->\n`];
  });
  return [HEAD, ...parts].join("\n");
}

function sectionOf(page: string, name: string): string | undefined {
  const [, rest] = page.split(`<!-- bench ${name} -->`);
  return rest?.split(`<!-- /bench ${name} -->`)[0]?.trim();
}

/** The section of a benchmark whose figures are rows. */
export function measureTable(measures: readonly Measure[], day: string): string[] {
  return [
    `Measured on ${day}.`,
    "",
    "| Measurement | Result | Promise | Kept |",
    "| --- | --- | --- | --- |",
    ...measures.map(
      ({ what, figure, promise = "", ok }) =>
        `| ${what} | ${figure} | ${promise} | ${ok ? "yes" : "**no**"} |`,
    ),
  ];
}
