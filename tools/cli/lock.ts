import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LOCK_FILE, type Lock, writeLock } from "../lock/lockfile.js";
import { recordVersions, retireMajor } from "../lock/record.js";
import { formatProblems } from "../report.js";
import { CommandError, type FolderOptions, shown } from "./options.js";
import { readSources } from "./sources.js";

/** What `moonpath lock` may be told. */
export interface LockOptions extends FolderOptions {
  readonly amend?: readonly string[];
  readonly retire?: readonly string[];
}

/** `moonpath lock`: records versions that are new, so that nobody changes them afterwards without noticing. */
export async function runLock(options: LockOptions): Promise<void> {
  const { files, generated, lock } = await readSources(options);
  if (generated.problems.length > 0)
    throw new CommandError(formatProblems(generated.problems, files, shown(options.lua)));
  const fingerprints = new Map([...generated.lua].map(([name, lua]) => [name, lua.fingerprint]));
  const recorded = recordVersions(generated.model, fingerprints, lock, options.amend ?? []);
  const unknown = (options.amend ?? []).filter((id) => !recorded.added.includes(id));
  if (unknown.length > 0)
    throw new CommandError(
      `no script has the version ${unknown.join(", ")}; name it as stock.apply@1.0.0`,
      2,
    );
  const next = (options.retire ?? []).reduce(retire, recorded.lock);
  await writeFile(join(options.lua, LOCK_FILE), writeLock(next));
  const retired = options.retire ?? [];
  console.log(
    [
      recorded.added.length === 0 ? "no new version" : `locked ${recorded.added.join(", ")}`,
      ...(retired.length === 0 ? [] : [`retired ${retired.join(", ")}`]),
    ].join("; "),
  );
}

function retire(lock: Lock, id: string): Lock {
  const next = retireMajor(lock, id);
  if (next === undefined) throw new CommandError(`nothing is locked as ${id}; name it as stock.apply@1`, 2);
  return next;
}
