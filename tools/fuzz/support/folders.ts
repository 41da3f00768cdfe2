import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Files } from "../../codegen/src/parse/folder.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const GOLDEN = join(ROOT, "test/tools/codegen/golden");

/** A file of a seed folder, and the files that it needs. */
export interface Seed {
  /** `lua` for Moonpath's own scripts, otherwise the name of a golden case. */
  readonly folder: string;
  readonly file: string;
  readonly text: string;
}

/** Seeds: Moonpath's own scripts and the golden cases. */
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
   * The folder with this text instead of the file. Of our own scripts it has only one, because that
   * is fast.
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
 * The folder with only those keys that its files name, because comparing pairs of keys takes most
 * of the time.
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
 * The script that shows a change of the file: the file itself, or the first script that requires
 * the module.
 */
function scriptOf(files: Files, file: string): string {
  if (!file.startsWith("lib/")) return file.includes("/") ? file : "stock/set_level.lua";
  const name = file.slice(0, -".lua".length).replaceAll("/", ".");
  const users = [...files].filter(([, text]) => text.includes(`require("${name}")`));
  return users.find(([path]) => !path.startsWith("lib/"))?.[0] ?? "stock/set_level.lua";
}

/** The Lua files of a folder, from relative path to text. */
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
