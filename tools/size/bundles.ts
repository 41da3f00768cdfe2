import { build } from "esbuild";

/** A service that is bundled with the installed package, to see what its bundle holds. */
export interface SizedBundle {
  readonly name: string;
  /** The most bytes that it may have; undefined if there is no bound. */
  readonly maxBytes?: number;
  readonly source: string;
}

const ORDER = '{ product: "lamp", change: -1, backorder: false, low: 2, rememberMs: 60_000 }';

/** What is measured, from the smallest to all. */
export const SIZED_BUNDLES: readonly SizedBundle[] = [
  {
    name: "one call of stock.adjust",
    maxBytes: 112_000,
    source: `import { createScriptClient } from "moonpath/client";
import { stockAdjust } from "moonpath/stock";
export const sell = (redis) =>
  createScriptClient(redis, { stock: { adjust: stockAdjust } }).tenant("acme").stock.adjust(${ORDER});`,
  },
  {
    name: "the domain price",
    source: `import { createPriceClient } from "moonpath/price";
export const read = (redis) => createPriceClient(redis).tenant("acme").price.read({ product: "lamp", currency: "GBP" });`,
  },
  {
    name: "the domain stock",
    source: `import { createStockClient } from "moonpath/stock";
export const sell = (redis) => createStockClient(redis).tenant("acme").stock.adjust(${ORDER});`,
  },
  {
    name: "all scripts",
    source: `import { createMoonpath } from "moonpath";
export const sell = (redis) => createMoonpath(redis).tenant("acme").stock.adjust(${ORDER});`,
  },
];

/** A bundle, minified by esbuild, with ioredis outside. */
export interface MeasuredBundle {
  readonly bytes: number;
  readonly code: string;
  /** Bytes by package, and by file of Moonpath, the most first. */
  readonly parts: readonly (readonly [name: string, bytes: number])[];
}

/** @param folder a project in which the package is installed */
export async function measureBundle(folder: string, { source }: SizedBundle): Promise<MeasuredBundle> {
  const { metafile, outputFiles } = await build({
    stdin: { contents: source, resolveDir: folder, sourcefile: "service.js" },
    absWorkingDir: folder,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "esm",
    external: ["ioredis"],
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const [output] = Object.values(metafile.outputs);
  const [file] = outputFiles;
  if (output === undefined || file === undefined) throw new Error("esbuild wrote no bundle");
  const parts = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
    const name = /node_modules\/(?:moonpath\/dist\/)?(.+)/.exec(path)?.[1] ?? path;
    const part = path.includes("node_modules/moonpath/") ? name : (name.split("/")[0] ?? name);
    parts.set(part, (parts.get(part) ?? 0) + bytesInOutput);
  }
  return {
    bytes: output.bytes,
    code: file.text,
    parts: [...parts].filter(([, bytes]) => bytes > 0).sort(([, one], [, other]) => other - one),
  };
}
