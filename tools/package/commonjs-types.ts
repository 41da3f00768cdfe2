import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Writes a declaration file for CommonJS beside each entry point in `dist`. Node.js loads the modules of
 * the package with `require`, but TypeScript with `module: node16` refuses an ES module in a CommonJS file
 * (TS1479). It accepts a `.d.cts` that names the same exports.
 */
function main(): void {
  for (const { types, module } of entryPoints()) {
    const text = `// @ts-ignore TS1479: Node.js 20.19 and later load this ES module with require.\nexport * from "./${basename(module)}";\n`;
    writeFileSync(join(ROOT, types), text);
  }
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

interface EntryPoint {
  /** The `.d.cts` file. */
  readonly types: string;
  readonly module: string;
}

/** The entry points with a condition `require` in package.json. */
function entryPoints(): EntryPoint[] {
  const manifest: unknown = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  return Object.values(objectAt(manifest, "exports")).flatMap((conditions) => {
    const { types, default: module } = objectAt(conditions, "require");
    return typeof types === "string" && typeof module === "string" ? [{ types, module }] : [];
  });
}

function objectAt(value: unknown, field: string): Readonly<Record<string, unknown>> {
  const found: unknown = typeof value === "object" && value !== null ? Reflect.get(value, field) : undefined;
  return typeof found === "object" && found !== null ? { ...found } : {};
}

main();
