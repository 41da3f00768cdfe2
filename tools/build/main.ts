/**
 * Builds the package in `dist/`:
 *
 *     npm run build
 *
 * It writes JavaScript without comments and white space, with the texts of the scripts packed. The entry
 * points have declarations with comments. The command `moonpath key` has the keyspace.
 */
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { importedModules, withTabs } from "./declarations.js";
import { keyspaceOf } from "./keyspace.js";
import { textsOf, withPackedTexts } from "./scripts.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const dist = join(root, "dist");
const COMPILER_LIMIT_MS = 300_000;

await rm(dist, { recursive: true, force: true });
await emitDeclarations();
const reached = await reachedDeclarations();
for (const folder of ["src", "generated/ts"]) {
  await Promise.all((await filesBelow(join(root, folder), ".ts")).map(buildModule));
}
const model: unknown = JSON.parse(await readFile(join(root, "generated/model.json"), "utf8"));
await writeFile(join(dist, "keyspace.json"), `${JSON.stringify(keyspaceOf(model))}\n`);

async function emitDeclarations(): Promise<void> {
  const compiler = join(root, "node_modules/.bin/tsc");
  await promisify(execFile)(compiler, ["-p", join(root, "tsconfig.build.json")], {
    cwd: root,
    timeout: COMPILER_LIMIT_MS,
  }).catch((error: Error & { readonly stdout?: string }) => {
    process.stderr.write(error.stdout ?? "");
    throw new Error("tsc failed; see its output above");
  });
}

/** Writes the JavaScript of one source. Keeps its declarations if an entry point reaches them. */
async function buildModule(path: string): Promise<void> {
  const source = await readFile(path, "utf8");
  const [, script] = /\/generated\/ts\/(\w+\/\w+)\.ts$/.exec(path) ?? [];
  const texts =
    script === undefined ? [] : await textsOf(new URL("../../generated/lua/", import.meta.url), script);
  const options = {
    loader: "ts",
    format: "esm",
    target: "es2022",
    sourcefile: path,
    // Without them, the package would be a tenth larger.
    minifyWhitespace: true,
    minifySyntax: true,
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, useDefineForClassFields: true } },
  } as const;
  const { code } = await transform(script === undefined ? source : withPackedTexts(source, texts), options);
  const output = join(dist, relative(root, path).replace(/\.ts$/, ""));
  await mkdir(dirname(output), { recursive: true });
  await writeFile(`${output}.js`, code);
  const declarations = `${output}.d.ts`;
  if (!reached.has(declarations)) return rm(declarations);
  return writeFile(declarations, withTabs(await readFile(declarations, "utf8")));
}

/** The declaration files that the entry points of package.json lead to. */
async function reachedDeclarations(): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const { exports }: { exports: Readonly<Record<string, string | Readonly<Record<string, string>>>> } =
    JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const typesOf = (name: string) => {
    const entry = exports[name];
    const types = typeof entry === "object" ? entry["types"] : undefined;
    return types === undefined ? [] : [join(root, types)];
  };
  const waiting = Object.keys(exports).flatMap(typesOf);
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    for (const module of importedModules(await readFile(file, "utf8"))) {
      if (module.startsWith(".")) waiting.push(join(dirname(file), module.replace(/\.js$/, ".d.ts")));
      else if (module.startsWith("moonpath")) waiting.push(...typesOf(module.replace("moonpath", ".")));
    }
  }
  return found;
}

async function filesBelow(folder: string, ending: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
}
