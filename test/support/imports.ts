import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** One import of a module of this repository. Paths are below the repository's folder. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** As it is written: `../core/errors.js` or `moonpath/client`. */
  readonly specifier: string;
}

const SPECIFIER = /(?:\bfrom|\bimport)\s*\(?\s*"([^"\n]+)"/g;

/** The files below a folder with an ending, sorted. */
export function filesBelow(folder: string, ending = ".ts"): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending) && !entry.name.endsWith(".d.ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
    .sort();
}

/** The imports of files, of types too, that lead to a file of this repository. */
export function importsOf(files: readonly string[]): Import[] {
  return files.flatMap((from) =>
    [...readFileSync(join(ROOT, from), "utf8").matchAll(SPECIFIER)].flatMap(([, specifier = ""]) => {
      const to = targetOf(from, specifier);
      return to === undefined ? [] : [{ from, to, specifier }];
    }),
  );
}

function targetOf(from: string, specifier: string): string | undefined {
  if (/^moonpath(\/|$)/.test(specifier)) return entryPoints.get(specifier);
  if (!specifier.startsWith(".")) return undefined;
  return join(dirname(from), specifier).replace(/\.js$/, ".ts");
}

/** `moonpath/client` and so on, each with the source file that it leads to. */
export const entryPoints: ReadonlyMap<string, string> = new Map(
  Object.entries(exportsOfPackage()).flatMap(([path, target]) =>
    typeof target === "object" && target !== null && "moonpath-source" in target
      ? [[`moonpath${path.slice(1)}`, String(target["moonpath-source"]).replace(/^\.\//, "")] as const]
      : [],
  ),
);

function exportsOfPackage(): object {
  const parsed: unknown = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const { exports } = typeof parsed === "object" && parsed !== null && "exports" in parsed ? parsed : {};
  if (typeof exports !== "object" || exports === null) throw new Error("package.json has no exports");
  return exports;
}

/** One circle of imports, as paths in their order; undefined if there is none. */
export function circleIn(imports: readonly Import[]): readonly string[] | undefined {
  const next = new Map<string, Import[]>();
  for (const one of imports) next.set(one.from, [...(next.get(one.from) ?? []), one]);
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): readonly string[] | undefined => {
    const start = path.indexOf(file);
    if (start >= 0) return [...path.slice(start), file];
    if (finished.has(file)) return undefined;
    path.push(file);
    for (const { to } of next.get(file) ?? []) {
      const circle = visit(to);
      if (circle) return circle;
    }
    path.pop();
    finished.add(file);
    return undefined;
  };
  for (const file of next.keys()) {
    const circle = visit(file);
    if (circle) return circle;
  }
  return undefined;
}
