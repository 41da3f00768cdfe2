/**
 * Writes the dashboards of Grafana and the rules of Prometheus from the table of metrics:
 *
 *     tsx tools/dashboards/main.ts [--check]
 *
 * `--check` writes nothing, and fails if a file is missing, changed, or one too many.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { FOLDERS, generatedFiles } from "./files.js";

const OUT = fileURLToPath(new URL("../../generated", import.meta.url));

/** The paths that exist in the folders. */
async function present(): Promise<string[]> {
  const lists = FOLDERS.map(async (folder) => {
    const names = await readdir(join(OUT, folder)).catch((): string[] => []);
    return names.map((name) => `${folder}/${name}`);
  });
  return (await Promise.all(lists)).flat();
}

/** What is wrong with each file that is not as it should be. */
async function stale(wanted: ReadonlyMap<string, string>): Promise<string[]> {
  const problems: string[] = [];
  for (const [path, text] of wanted) {
    const found = await readFile(join(OUT, path), "utf8").catch(() => undefined);
    if (found === undefined) problems.push(`generated/${path} is missing`);
    else if (found !== text) problems.push(`generated/${path} differs from the table of metrics`);
  }
  for (const path of await present())
    if (!wanted.has(path)) problems.push(`generated/${path} comes from no metric`);
  return problems;
}

const wanted = generatedFiles();
if (process.argv.includes("--check")) {
  const problems = await stale(wanted);
  for (const problem of problems) console.error(`${problem}. Run: npm run generate`);
  if (problems.length > 0) process.exitCode = 1;
} else {
  for (const path of await present()) if (!wanted.has(path)) await rm(join(OUT, path));
  for (const [path, text] of wanted) {
    await mkdir(dirname(join(OUT, path)), { recursive: true });
    await writeFile(join(OUT, path), text);
  }
}
