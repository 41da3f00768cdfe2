import { replaceFiles } from "../disk/write.js";
import { checkVersions, lockName } from "../lock/check.js";
import { LOCK_FILE, type Lock, majorOf, writeLock } from "../lock/lockfile.js";
import { recordVersions, retireMajor, withoutVersions } from "../lock/record.js";
import type { Model } from "../model/model.js";
import { Problems } from "../parse/problem.js";
import { formatProblems } from "../report.js";
import { CommandError, type FolderOptions, shown } from "./options.js";
import { readSources } from "./sources.js";
import { print } from "./terminal.js";

/** The options of `moonpath-codegen lock`. */
export interface LockOptions extends FolderOptions {
  readonly amend?: readonly string[];
  readonly retire?: readonly string[];
}

/** `moonpath-codegen lock`: records versions that are new, if all others are what is locked of them. */
export async function runLock(options: LockOptions): Promise<void> {
  const { files, generated, lock } = await readSources(options);
  if (generated.problems.length > 0)
    throw new CommandError(formatProblems(generated.problems, files, shown(options.lua)));
  const fingerprints = new Map([...generated.lua].map(([name, lua]) => [name, lua.fingerprint]));
  const amended = options.amend ?? [];
  const retired = options.retire ?? [];
  const { model } = generated;
  for (const id of retired) refuseCallable(model, id, options);
  const kept = retired.reduce(retire, lock);
  const recorded = recordVersions(model, fingerprints, kept, amended);
  const unknown = amended.filter((id) => !recorded.added.includes(id));
  if (unknown.length > 0)
    throw new CommandError(
      `no script has the version ${unknown.join(", ")}; write it as stock.set_level@1.0.0`,
      2,
    );
  const problems = new Problems();
  checkVersions(model, fingerprints, withoutVersions(kept, amended), problems);
  const refused = problems.all.filter(({ rule }) => rule !== "version/unlocked");
  if (refused.length > 0) {
    throw new CommandError(
      `${formatProblems(refused, files, shown(options.lua))}; nothing was locked\n${AMEND_HINT}`,
    );
  }
  await replaceFiles(options.lua, new Map([[LOCK_FILE, writeLock(recorded.lock)]]));
  print(
    [
      recorded.added.length === 0 ? "no new version" : `locked ${recorded.added.join(", ")}`,
      ...(retired.length === 0 ? [] : [`retired ${retired.join(", ")}`]),
    ].join("; "),
  );
}

const AMEND_HINT =
  "to record a version again that nobody has deployed, run: moonpath-codegen lock --amend <script>@<version>; to remove a version that is too high, restore the lock file from version control";

/** A script that is there can be called: its major is retired when its file is gone. */
function refuseCallable(model: Model, id: string, options: FolderOptions): void {
  const script = model.scripts.find((one) => `${lockName(one)}@${majorOf(one.version)}` === id);
  if (script === undefined) return;
  throw new CommandError(
    `${shown(options.lua)}/${script.file} still contains ${script.version} of ${lockName(script)}; before you retire ${id}, remove the file or give it the next major`,
  );
}

function retire(lock: Lock, id: string): Lock {
  const next = retireMajor(lock, id);
  if (next === undefined)
    throw new CommandError(
      `the lock file has no version of ${id}; name a script and its major, such as stock.set_level@1`,
      2,
    );
  return next;
}
