import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The folder of all runs' temporary programs. Programs in it find the packages of this repository. */
export const ALL_CACHES = join(ROOT, "node_modules/.cache/moonpath-tests");

/** The folder of this process in it. The run removes it at its end. */
export const CACHE = join(ALL_CACHES, String(process.pid));

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
    plugins: [otherPackagesAreImported, filesKeepTheirUrl],
    // For packages in CommonJS, which require Node's own modules.
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
    logLevel: "error",
  });
  return outfile;
}

/** These have hundreds of files: reading them took more than half of a program's start. */
const BUNDLED =
  /^(moonpath|fastify|ioredis|pg|prom-client|csv-parse|log-update|commander|chokidar|fast-check|(mdast|micromark)-.+)(\/|$)/;

/**
 * Other packages are imported as they are: some have files beside their code, or are optional. What
 * a bundled package imports is bundled, too.
 */
const otherPackagesAreImported: Plugin = {
  name: "other-packages-are-imported",
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
      const isBundled = kind === "entry-point" || BUNDLED.test(path) || importer.includes("/node_modules/");
      return isBundled && !OPTIONAL.has(path) ? undefined : { path, external: true };
    });
  },
};

/** What bundled packages try to load, and is not installed here. */
const OPTIONAL = new Set(["pg-native", "pg-cloudflare"]);

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
