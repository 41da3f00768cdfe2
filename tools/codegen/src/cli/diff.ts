import { describeChanges, type Side } from "../diff/compare.js";
import { RevisionError, readRevision } from "../diff/revision.js";
import { type Generated, generate } from "../generate.js";
import { formatProblems } from "../report.js";
import { CommandError, type FolderOptions, generateOptions, shown } from "./options.js";
import { readSources } from "./sources.js";
import { print } from "./terminal.js";

/** `moonpath-codegen diff <revision>`: what changed since a git revision, in a reviewer's words. */
export async function runDiff(revision: string, options: FolderOptions): Promise<void> {
  const { files, generated } = await readSources(options);
  if (generated.problems.length > 0)
    throw new CommandError(formatProblems(generated.problems, files, shown(options.lua)));
  const then = await filesAt(options, revision);
  const older = generate(then, generateOptions(options));
  if (then.size > 0 && older.problems.length > 0) {
    throw new CommandError(
      `the scripts at ${revision} have problems:\n${formatProblems(older.problems, then, shown(options.lua))}`,
    );
  }
  const changes = describeChanges(sideOf(older), sideOf(generated));
  print(
    changes.length === 0
      ? `nothing has changed in ${shown(options.lua)} since ${revision}`
      : changes.join("\n"),
  );
}

async function filesAt(options: FolderOptions, revision: string) {
  try {
    return await readRevision(options.lua, revision);
  } catch (error) {
    if (error instanceof RevisionError) throw new CommandError(error.message, 2);
    throw error;
  }
}

function sideOf(generated: Generated): Side {
  return {
    model: generated.model,
    fingerprints: new Map([...generated.lua].map(([name, lua]) => [name, lua.fingerprint])),
  };
}
