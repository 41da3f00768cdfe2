import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { TestingError } from "./errors.js";

/** The user that PostgreSQL runs as: it refuses root. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/**
 * A folder for temporary ones that `user` may enter: the system's, and where TMPDIR names one that only root may enter,
 * the usual one.
 *
 * @throws TestingError `TESTING_START_FAILED` if there is none
 */
export function temporaryFolder(
  user: User | undefined,
  candidates: readonly string[] = [tmpdir(), "/tmp", "/var/tmp"],
): string {
  const [first = tmpdir()] = candidates;
  if (user === undefined) return first;
  const folder = candidates.find((candidate) => canEnter(candidate, user));
  if (folder !== undefined) return folder;
  throw new TestingError(
    "TESTING_START_FAILED",
    `PostgreSQL refuses root and runs as the user with id ${user.uid}, who may not enter ${first}. ` +
      "Set TMPDIR to a folder that everybody may enter.",
  );
}

/** By the permissions of the folder and of those around it. */
function canEnter(folder: string, user: User): boolean {
  try {
    accessSync(folder, constants.W_OK);
    for (let place = realpathSync(folder); ; place = dirname(place)) {
      const { mode, uid, gid } = statSync(place);
      const execute = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
      if ((mode & execute) === 0) return false;
      if (place === dirname(place)) return true;
    }
  } catch {
    return false;
  }
}
