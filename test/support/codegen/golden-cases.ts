import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Files } from "../../../tools/codegen/src/parse/folder.js";

/** The folder of all cases. */
export const GOLDEN = join(import.meta.dirname, "../../tools/codegen/golden");

/** One case, read. */
export interface Case {
  readonly name: string;
  readonly folder: string;
  /** The rule that it breaks, from its name; absent: it is good. */
  readonly rule: string | undefined;
  /** The scripts, and the lock file if it has one: the case's own over the base's. */
  readonly sources: Files;
  /** Everything in the case's folder: path below it to text. */
  readonly files: Files;
}

/** Every case; `rules` tell the bad ones by their names. */
export function readCases(rules: readonly string[]): Case[] {
  const base = readTexts(join(GOLDEN, "base", "lua"));
  return readdirSync(GOLDEN, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "base")
    .map(({ name }) => {
      const folder = join(GOLDEN, name);
      const files = readTexts(folder);
      const rule = rules.find((known) => known.replace("/", "-") === name.split(".")[0]);
      return { name, folder, rule, files, sources: overlay(base, below(files, "lua/")) };
    });
}

/** The Lua files among a case's sources: what the generator is given. */
export function luaOf({ sources }: Case): Files {
  return new Map([...sources].filter(([path]) => path.endsWith(".lua")));
}

/** The files below a folder, by their paths from there. */
export function below(files: Files, folder: string): Files {
  const found = [...files].filter(([path]) => path.startsWith(folder));
  return new Map(found.map(([path, text]) => [path.slice(folder.length), text]));
}

/** Some files over others: the same path replaces, an empty text takes away. */
export function overlay(under: Files, over: Files): Files {
  return new Map([...under, ...over].filter(([path]) => over.get(path) !== ""));
}

function readTexts(folder: string): Files {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    paths
      .sort()
      .map((path) => [relative(folder, path).split(sep).join("/"), readFileSync(path, "utf8")] as const),
  );
}
