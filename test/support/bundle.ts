import { mkdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A folder of this process, removed at its end. Programs in it find the packages of this repository. */
export const CACHE = join(ROOT, "node_modules/.cache/moonpath-tests", String(process.pid));

const bundles = new Map<string, Promise<string>>();

/**
 * A TypeScript program of this repository as one file of JavaScript. It starts in a third of the
 * time that its sources need, because nothing is compiled. All test files of a worker share it.
 */
export function bundleOf(source: string): Promise<string> {
  const known = bundles.get(source);
  if (known !== undefined) return known;
  if (bundles.size === 0) {
    mkdirSync(CACHE, { recursive: true });
    process.once("exit", () => rmSync(CACHE, { recursive: true, force: true }));
  }
  const made = bundle(source);
  bundles.set(source, made);
  return made;
}

async function bundle(source: string): Promise<string> {
  const outfile = join(CACHE, relative(ROOT, source).replaceAll("/", "_").replace(/\.ts$/, ".mjs"));
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["moonpath-source"],
    plugins: [packagesAreImported, filesKeepTheirUrl],
    logLevel: "error",
  });
  return outfile;
}

/** Bundles this repository's sources, its own packages by name included, and nothing else. */
const packagesAreImported: Plugin = {
  name: "packages-are-imported",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === "entry-point" || /^moonpath(\/|$)/.test(path) ? undefined : { path, external: true },
    );
  },
};

/** A source that looks for files beside itself finds them from its bundle too. */
const filesKeepTheirUrl: Plugin = {
  name: "files-keep-their-url",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8"))
        .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href))
        .replaceAll("import.meta.dirname", JSON.stringify(dirname(path))),
      loader: "ts",
    }));
  },
};
