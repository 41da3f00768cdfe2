/** A shipped package, according to the lock file. */
export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

/**
 * SPDX identifiers of the licences that are allowed for packages that users install with Moonpath.
 * All of them allow use in a closed product. MPL-2.0 covers only changed files of the package
 * itself. An expression such as `(MIT OR GPL-2.0)` is not allowed, because a person should read it
 * first.
 */
export const ALLOWED_LICENCES: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
  "MPL-2.0",
]);

/**
 * The folder name before a package's name in a lock file: `node_modules/a/node_modules/b` is the
 * package `b`.
 */
const FOLDER = "node_modules/";

/**
 * The packages that `npm install moonpath` brings, by the text of package-lock.json: without those
 * for development, and without peers, which users choose themselves.
 *
 * @throws Error when the text is no lock file of npm 7 or later
 */
export function shippedPackages(lockText: string): readonly ShippedPackage[] {
  const lock: unknown = JSON.parse(lockText);
  const packages = fieldOf(lock, "packages");
  if (typeof packages !== "object" || packages === null)
    throw new Error('package-lock.json has no "packages"; write it with npm 7 or later');
  return Object.entries(packages)
    .filter(([path, facts]) => path.includes(FOLDER) && !isLeftOut(facts))
    .map(([path, facts]) => ({
      name: path.slice(path.lastIndexOf(FOLDER) + FOLDER.length),
      version: textOf(facts, "version"),
      licence: textOf(facts, "license"),
    }));
}

/** The packages whose licence is not allowed or unknown. */
export function refusedPackages(packages: readonly ShippedPackage[]): readonly ShippedPackage[] {
  return packages.filter(({ licence }) => !ALLOWED_LICENCES.has(licence));
}

/**
 * A link is a workspace of this repository. The packages of the workspace have their own entries.
 */
function isLeftOut(facts: unknown): boolean {
  return ["dev", "peer", "devOptional", "link"].some((field) => fieldOf(facts, field) === true);
}

function textOf(facts: unknown, field: string): string {
  const value = fieldOf(facts, field);
  return typeof value === "string" ? value : "unknown";
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, field) : undefined;
}
