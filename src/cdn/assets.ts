import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { checkedInteger } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { nearestName, type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import { printable } from "../core/printable.js";
import { readFrom } from "../core/read-from.js";
import { HASH_LENGTH, withContentHash } from "./content-hash.js";
import { cdnDefaults as defaults } from "./defaults.js";

/** The name of each file in its folder, and its name with the hash: `app.js` and `app.3f2a….js`. */
export type AssetManifest = Readonly<Record<string, string>>;

/** Options of `createAssets`. */
export interface AssetOptions {
  /** Comes before each name, such as `https://cdn.shop.example/static/`. Default `/static/`. */
  readonly baseUrl?: string | undefined;
}

/** Options of `readAssets`. Only `folder` is required. */
export interface ReadAssetsOptions extends AssetOptions {
  /** The path of the folder. */
  readonly folder: string;
  /** The most files of the folder. Default 10,000. */
  readonly maxFiles?: number | undefined;
}

const readAssetsOptions: OptionNames<ReadAssetsOptions> = { folder: true, baseUrl: true, maxFiles: true };

/** The URLs of files whose names have a hash of their contents. */
export interface Assets {
  readonly manifest: AssetManifest;
  /**
   * The URL of a file.
   *
   * @throws ArgumentError if there is none with this name
   */
  url(name: string): string;
  /** The name of the file that a hashed name stands for; undefined if it is none of these files. */
  nameOf(hashedName: string): string | undefined;
}

/** `Assets` of a folder. */
export interface FolderAssets extends Assets {
  /** The path of the file that a hashed name stands for, to serve it; undefined if there is none. */
  fileOf(hashedName: string): string | undefined;
}

/**
 * Makes the URLs of a manifest, which a build has written.
 *
 * ```ts
 * const assets = createAssets({ "app.js": "app.3f2a9c0b11d84e67.js" }, { baseUrl:
 * "https://cdn.shop.example/static/" }); assets.url("app.js"); //
 * "https://cdn.shop.example/static/app.3f2a9c0b11d84e67.js"
 * ```
 *
 * @throws ArgumentError for a name that leaves the folder, such as `../app.js`
 */
export function createAssets(manifest: AssetManifest, { baseUrl = "/static/" }: AssetOptions = {}): Assets {
  const urls = new Map<string, string>();
  const names = new Map<string, string>();
  for (const [name, hashed] of Object.entries(manifest)) {
    if (!isInside(name) || !isInside(hashed)) {
      throw new ArgumentError("manifest", `names of files inside a folder, not ${printable(name, 100)}`);
    }
    urls.set(name, baseUrl.replace(/\/*$/, "/") + hashed.split("/").map(encodeURIComponent).join("/"));
    names.set(hashed, name);
  }
  return {
    manifest,
    url(name) {
      const url = urls.get(name);
      if (url !== undefined) return url;
      const nearest = nearestName(String(name), [...urls.keys()].slice(0, 1_000))?.name;
      const hint = nearest === undefined ? "there are none" : `the nearest is ${printable(nearest, 100)}`;
      throw new ArgumentError("name", `a file of the folder; ${hint}`);
    },
    nameOf: (hashedName) => names.get(hashedName),
  };
}

/**
 * Reads all files of a folder, and adds a SHA-256 of their contents to their names. So a browser may keep
 * them for a year: new contents have a new URL. Files and folders that begin with a dot are left out.
 *
 * ```ts
 * const assets = await readAssets({ folder: "public" });
 * const script = `<script src="${assets.url("app.js")}"></script>`;
 * ```
 *
 * @throws ArgumentError for more than `maxFiles`, or a symbolic link
 * @throws the errors of the file system
 */
export async function readAssets(options: ReadAssetsOptions): Promise<FolderAssets> {
  const { folder, baseUrl, maxFiles } = readFrom("options", () => {
    refuseUnknownOptions(options, readAssetsOptions);
    const maxFiles = options.maxFiles ?? defaults.maxFiles.value;
    return { ...options, maxFiles: checkedInteger("maxFiles", maxFiles, 1, 1_000_000) };
  });
  const root = await realpath(folder);
  const files = new Map<string, string>();
  await collect(root, root, files, maxFiles);
  const hashed: [string, string][] = [];
  for (const [name, file] of [...files].sort(([one], [other]) => (one < other ? -1 : 1))) {
    hashed.push([name, withContentHash(name, await hashOf(file))]);
  }
  const manifest = Object.fromEntries(hashed);
  const assets = createAssets(manifest, { baseUrl });
  return {
    ...assets,
    fileOf: (hashedName) => files.get(assets.nameOf(hashedName) ?? ""),
  };
}

async function collect(
  root: string,
  folder: string,
  files: Map<string, string>,
  maxFiles: number,
): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await collect(root, path, files, maxFiles);
    else if (entry.isSymbolicLink()) {
      // It may lead out of the folder, later if not now.
      throw new ArgumentError(
        "folder",
        `a folder without symbolic links, such as ${printable(entry.name, 100)}`,
      );
    } else if (entry.isFile()) {
      if (files.size >= maxFiles)
        throw new ArgumentError("folder", `a folder with at most ${maxFiles} files`);
      files.set(relative(root, path).split(sep).join("/"), path);
    }
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex").slice(0, HASH_LENGTH);
}

/** Whether a name stays inside its folder, on any system. */
function isInside(name: string): boolean {
  if (name.includes("\\") || name.includes("\0") || /^[A-Za-z]:/.test(name)) return false;
  return name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}
