import { readFileSync } from "node:fs";

/** The version of the package that this file is part of, as sources or built. */
export function packageVersion(): string {
  for (const up of ["../../", "../../../"]) {
    const found = versionIn(new URL(`${up}package.json`, import.meta.url));
    if (found !== undefined) return found;
  }
  return "unknown";
}

function versionIn(path: URL): string | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof parsed !== "object" || parsed === null) return undefined;
    const ours = "name" in parsed && parsed.name === "moonpath";
    return ours && "version" in parsed ? String(parsed.version) : undefined;
  } catch {
    return undefined;
  }
}
