import { execFile } from "node:child_process";
import { accessSync, chownSync, constants, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { TestingError } from "../errors.js";

/** The user that a server runs as when this process is root. PostgreSQL refuses root; Redis has no need of it. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** The first of these users that there is; undefined where this process is not root, or none of them is there. */
export function userNamed(...names: readonly string[]): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of names) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

const runnable = new Map<string, Promise<User | undefined>>();

/**
 * The user without rights that can run a Redis server's program; undefined where this process is not root, or where only
 * root may run the program. `nobody` comes first: the user `redis` may own the data of the machine's own server.
 */
export function runnableUser(program: string): Promise<User | undefined> {
  const known = runnable.get(program);
  if (known) return known;
  const user = userNamed("nobody", "redis");
  const found = user
    ? canRun(program, user).then((can) => (can ? user : undefined))
    : Promise.resolve(undefined);
  runnable.set(program, found);
  return found;
}

/** Whether the program tells its version as this user. It may stand in a folder that only root may enter. */
function canRun(program: string, user: User): Promise<boolean> {
  const options = { cwd: "/", timeout: 10_000, ...user } as const;
  return new Promise((resolve) => execFile(program, ["--version"], options, (error) => resolve(!error)));
}

/** Gives a folder and the files in it to the user. */
export function chownFolder(user: User, folder: string): void {
  chownSync(folder, user.uid, user.gid);
  for (const name of readdirSync(folder)) chownSync(join(folder, name), user.uid, user.gid);
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
    `The server runs as the user with id ${user.uid}, who may not enter ${first}. ` +
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
