import { differences } from "../disk/differences.js";
import { readFolderIfThere } from "../disk/read.js";
import { checkVersions } from "../lock/check.js";
import { counted } from "../naming.js";
import type { Files } from "../parse/folder.js";
import { byPosition, Problems } from "../parse/problem.js";
import { formatProblems } from "../report.js";
import { checkStyle } from "../style.js";
import { isGeneratedFile } from "./generated-file.js";
import { refuseLinkedAway } from "./linked-away.js";
import {
  CommandError,
  type FolderOptions,
  OUTPUT_ENDINGS,
  ownFiles,
  refuseOutputAmongSources,
  shown,
} from "./options.js";
import { readSources } from "./sources.js";
import { print } from "./terminal.js";

/**
 * `moonpath-codegen check`: runs the named checks, and compares the formatting, the version lock
 * and the generated files with what they should be.
 */
export async function runCheck(options: FolderOptions): Promise<void> {
  refuseOutputAmongSources(options);
  await refuseLinkedAway(options.out, "--out");
  const { files, generated, lock } = await readSources(options);
  const problems = new Problems();
  problems.all.push(...generated.problems, ...checkStyle(files));
  const stale: string[] = [];
  if (generated.problems.length === 0) {
    const fingerprints = new Map([...generated.lua].map(([name, lua]) => [name, lua.fingerprint]));
    checkVersions(generated.model, fingerprints, lock, problems);
    const found = ownFiles(await readFolderIfThere(options.out, OUTPUT_ENDINGS));
    stale.push(...staleFiles(generated.files, found, shown(options.out)));
  }
  const texts = [
    ...(problems.all.length === 0
      ? []
      : [formatProblems([...problems.all].sort(byPosition), files, shown(options.lua))]),
    ...stale,
  ];
  if (texts.length > 0) throw new CommandError(texts.join("\n"));
  print(`${counted(generated.model.scripts.length, "script")} in ${shown(options.lua)}: every check passes`);
}

/** What differs from the output of a run into an empty folder. */
function staleFiles(wanted: Files, found: Files, out: string): string[] {
  const { missing, extra, changed } = differences(wanted, found);
  const report = (path: string, line: number, message: string, fix: string) =>
    `${out}/${path}:${line}:1: output/stale: ${message}\n  fix: ${fix}`;
  const again = "run: moonpath-codegen generate, and commit what it writes";
  return [
    ...missing.map((path) => report(path, 1, "the file is missing", again)),
    ...extra.map((path) =>
      isGeneratedFile(path, found.get(path) ?? "")
        ? report(path, 1, "no source generates this file", again)
        : report(
            path,
            1,
            "moonpath-codegen did not write this file",
            `move it out of ${out}, because that folder is for generated files`,
          ),
    ),
    ...changed.map((path) =>
      report(
        path,
        firstDifference(wanted.get(path), found.get(path)),
        "the file differs from what its source generates",
        again,
      ),
    ),
  ];
}

function firstDifference(wanted = "", found = ""): number {
  const lines = found.split("\n");
  const index = wanted.split("\n").findIndex((line, position) => line !== lines[position]);
  return (index < 0 ? lines.length - 1 : index) + 1;
}
