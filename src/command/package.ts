import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The root folder of this package; undefined in a bundle. */
export function packageFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve("moonpath/package.json"));
  } catch {
    return undefined;
  }
}

/** The version of this package; `unknown` in a bundle. */
export function packageVersion(): string {
  const folder = packageFolder();
  if (folder === undefined) return "unknown";
  const parsed: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return typeof parsed === "object" && parsed !== null && "version" in parsed
    ? String(parsed.version)
    : "unknown";
}
