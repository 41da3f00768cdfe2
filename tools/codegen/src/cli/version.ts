import { readFileSync } from "node:fs";

/** The version of moonpath-codegen, as sources or built; "unknown" in a bundle elsewhere. */
export function packageVersion(): string {
  for (const path of ["../../package.json", "../../../package.json"]) {
    const version = versionIn(new URL(path, import.meta.url));
    if (version !== undefined) return version;
  }
  return "unknown";
}

function versionIn(path: URL): string | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof parsed !== "object" || parsed === null) return undefined;
    const isCodegen = "name" in parsed && parsed.name === "moonpath-codegen";
    return isCodegen && "version" in parsed ? String(parsed.version) : undefined;
  } catch {
    return undefined;
  }
}
