import { listFiles, readText } from "./files.js";
import type { Finding } from "./finding.js";
import { HELP, readOptions } from "./options.js";
import { listOf, summaryOf } from "./report.js";
import { findingsOf } from "./rules.js";

/**
 * Runs the check in the current folder. The exit code is 0 without findings, 1 with some, 2 if it
 * cannot run.
 */
async function main(args: readonly string[]): Promise<number> {
  const { paths, summary, help } = readOptions(args);
  if (help) {
    process.stdout.write(HELP);
    return 0;
  }
  const root = process.cwd();
  const files = await listFiles(root, paths);
  if (files.length === 0) throw new Error(`no .ts, .lua or .md file in: ${paths.join(" ") || root}`);
  const findings: Finding[] = [];
  for (const file of files) findings.push(...findingsOf(file, await readText(root, file)));
  process.stdout.write(summary ? summaryOf(findings) : listOf(findings));
  process.stderr.write(`${files.length} files, ${findings.length} findings\n`);
  return findings.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
