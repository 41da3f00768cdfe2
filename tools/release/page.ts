import type { ReleaseRecord } from "./record.js";

/** The page of a release run. */
export function releasePage({ commit, date, machine, sizes, results }: ReleaseRecord): string {
  const rows = results.map(
    ({ name, command, ok, seconds }) =>
      `| ${name} | \`${command}\` | ${ok ? "passed" : "**failed**"} | ${minutes(seconds)} |`,
  );
  const sections = results.map(
    ({ name, figures }) => `## ${name}\n\n\`\`\`\n${figures.join("\n") || "no figures"}\n\`\`\`\n`,
  );
  return `# The last release run

\`npm run release\` writes this page. It runs everything that is too long for CI.

- Commit: ${commit}
- Date: ${date}
- Machine: ${machine}
- Sizes: ${sizes}

| Step | Command | Result | Time |
| --- | --- | --- | --- |
${rows.join("\n")}

${sections.join("\n")}`;
}

function minutes(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
