import { type Finding, RULES } from "./finding.js";

/** One line for each finding: `file:line:col: rule: message`. */
export function listOf(findings: readonly Finding[]): string {
  return findings
    .map(({ file, line, column, rule, message }) => `${file}:${line}:${column}: ${rule}: ${message}\n`)
    .join("");
}

/**
 * A table with the number of findings by folder (two levels) and rule. The worst folder comes
 * first.
 */
export function summaryOf(findings: readonly Finding[]): string {
  const folders = new Map<string, Finding[]>();
  for (const finding of findings) {
    const folder = folderOf(finding.file);
    folders.set(folder, [...(folders.get(folder) ?? []), finding]);
  }
  const rows = [...folders]
    .sort(([one, its], [other, others]) => others.length - its.length || (one < other ? -1 : 1))
    .map(([folder, its]) => [folder, ...countsOf(its)]);
  return [["folder", ...RULES, "all"], ...rows, ["all", ...countsOf(findings)]].map(lineOf).join("");
}

function countsOf(findings: readonly Finding[]): readonly string[] {
  const counts = RULES.map((rule) => findings.filter((finding) => finding.rule === rule).length);
  return [...counts, findings.length].map(String);
}

/** The first two folders of a file; a file of the top level stands for itself. */
function folderOf(file: string): string {
  const parts = file.split("/");
  return parts.length === 1 ? file : parts.slice(0, Math.min(2, parts.length - 1)).join("/");
}

function lineOf([folder = "", ...counts]: readonly string[]): string {
  return `${folder.padEnd(32)}${counts.map((count) => count.padStart(17)).join("")}\n`;
}
