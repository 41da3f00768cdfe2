import { readFileSync } from "node:fs";

/** The version of the package that this file is part of, as sources or built. */
export function packageVersion(): string {
  const root = packageRoot();
  return (root && versionIn(new URL("package.json", root))) ?? "unknown";
}

/** A folder of the package that this file is part of; undefined where it is part of none. */
export function packageFolder(path: string): URL | undefined {
  const root = packageRoot();
  return root && new URL(path, root);
}

function packageRoot(): URL | undefined {
  const above = ["../../", "../../../"].map((up) => new URL(up, import.meta.url));
  return above.find((root) => versionIn(new URL("package.json", root)) !== undefined);
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
