import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Files } from "../../codegen/src/parse/folder.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const GOLDEN = join(ROOT, "test/tools/codegen/golden");

/** A file of a seed folder, with the few files that it needs to be read. */
export interface Seed {
  /** `lua` for Moonpath's own scripts, else the name of a golden case. */
  readonly folder: string;
  readonly file: string;
  readonly text: string;
}

/** Moonpath's own scripts and the golden cases, as seeds. */
export class SeedFolders {
  readonly #folders: ReadonlyMap<string, Files>;
  readonly seeds: readonly Seed[];

  constructor() {
    const base = luaBelow(join(GOLDEN, "base/lua"));
    const cases = readdirSync(GOLDEN, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => [name, new Map([...base, ...luaBelow(join(GOLDEN, name, "lua"))])] as const);
    this.#folders = new Map([["lua", luaBelow(join(ROOT, "lua"))], ...cases]);
    this.seeds = [...this.#folders].flatMap(([folder, files]) =>
      [...files].map(([file, text]) => ({ folder, file, text })),
    );
  }

  has(folder: string): boolean {
    return this.#folders.has(folder);
  }

  /**
   * The folder with this text in the file's place. Of our own scripts, one alone, because that is
   * quick.
   */
  with({ folder, file, text }: Seed): Files {
    const files = this.#folders.get(folder) ?? new Map<string, string>();
    const script = folder === "lua" ? scriptOf(files, file) : undefined;
    const kept = [...files].filter(
      ([path]) => folder !== "lua" || path === script || !path.includes("/") || path.startsWith("lib/"),
    );
    return withFewKeys(new Map([...kept, [file, text]]), file);
  }
}

/**
 * The folder with those keys alone that its files name: most of the time goes into comparing keys
 * in pairs.
 */
function withFewKeys(files: Files, changed: string): Files {
  const keyspace = files.get("keyspace.lua");
  if (keyspace === undefined || changed === "keyspace.lua") return files;
  const others = [...files].filter(([path]) => path !== "keyspace.lua").map(([, text]) => text);
  const named = new Set(others.flatMap((text) => text.match(/key\.[a-z_]+/g) ?? []));
  const [head = "", ...blocks] = keyspace.split(/\n\n(?=--- )/);
  const kept = blocks.filter((block) => named.has(/key\.[a-z_]+/.exec(block)?.[0] ?? ""));
  return new Map([...files, ["keyspace.lua", [head, ...kept].join("\n\n")]]);
}

/**
 * The script that a change of the file shows in: itself, or the first one that needs the fragment.
 */
function scriptOf(files: Files, file: string): string {
  if (!file.startsWith("lib/")) return file.includes("/") ? file : "stock/set_level.lua";
  const name = file.slice("lib/".length, -".lua".length);
  const users = [...files].filter(([, text]) => text.includes(`require("lib.${name}")`));
  return users.find(([path]) => !path.startsWith("lib/"))?.[0] ?? "stock/set_level.lua";
}

/** The Lua files of a folder: path below it to text. */
export function luaBelow(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".lua"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return new Map(
    paths.map((path) => [path.slice(folder.length + 1).replaceAll("\\", "/"), readFileSync(path, "utf8")]),
  );
}
