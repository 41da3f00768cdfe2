import { execFile } from "node:child_process";
import { accessSync, chownSync, constants, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { TestingError } from "../errors.js";

/**
 * The user of a server if this process is root. PostgreSQL rejects root, and Redis does not need
 * it.
 */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** The first of these users that exists; undefined if none does, or if this process is not root. */
export function userNamed(...names: readonly string[]): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of names) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

const usersByProgram = new Map<string, Promise<User | undefined>>();

/**
 * The unprivileged user that can run a Redis program. Undefined if this process is not root, or if
 * only root can run the program. `nobody` comes first, because `redis` may own the data of another
 * server on the machine.
 */
export function runnableUser(program: string): Promise<User | undefined> {
  const known = usersByProgram.get(program);
  if (known) return known;
  const user = userNamed("nobody", "redis");
  const found = user
    ? canRun(program, user).then((can) => (can ? user : undefined))
    : Promise.resolve(undefined);
  usersByProgram.set(program, found);
  return found;
}

/**
 * Whether this user can run the program. The program may be in a folder that only root can enter.
 */
function canRun(program: string, user: User): Promise<boolean> {
  const options = { cwd: "/", timeout: 10_000, ...user } as const;
  return new Promise((resolve) => execFile(program, ["--version"], options, (error) => resolve(!error)));
}

/** Makes the user the owner of a folder and its files. */
export function chownFolder(user: User, folder: string): void {
  chownSync(folder, user.uid, user.gid);
  for (const name of readdirSync(folder)) chownSync(join(folder, name), user.uid, user.gid);
}

/**
 * The first folder for temporary files that `user` can enter. TMPDIR may name one that only root
 * can enter.
 *
 * @throws TestingError `TESTING_START_FAILED` if the user can enter none
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
    `The server runs as the user with id ${user.uid}, which cannot enter ${first}. ` +
      "Set TMPDIR to a folder that every user can enter.",
  );
}

/** Checks the permissions of the folder and of its parents. */
function canEnter(folder: string, user: User): boolean {
  try {
    accessSync(folder, constants.W_OK);
    for (let path = realpathSync(folder); ; path = dirname(path)) {
      const { mode, uid, gid } = statSync(path);
      const execute = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
      if ((mode & execute) === 0) return false;
      if (path === dirname(path)) return true;
    }
  } catch {
    return false;
  }
}
