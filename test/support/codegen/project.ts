import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ROOT } from "../bundle.js";
import { afterFile } from "../cleanup.js";
import { type Ended, type Running, run, startProgram } from "../program.js";
import { runInHost } from "./host.js";

type Env = Readonly<Record<string, string | undefined>>;

const FOREIGN = fileURLToPath(new URL("foreign", import.meta.url));
const COMMAND_LINE = join(ROOT, "tools/codegen/src/main.ts");
const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

/** The environment without a server, so that a program uses what its test names. */
const NO_SERVER = { REDIS_URL: undefined };

/** Runs a TypeScript file that a test wrote, in a folder. */
export function runTypeScript(folder: string, file: string, env: Env): Promise<Ended> {
  return run(process.execPath, ["--import", TSX, file], { cwd: folder, env: { ...NO_SERVER, ...env } });
}

/** A new empty folder, removed after the file's last test. */
export async function newFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "moonpath-cli-")));
  afterFile(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function folderWithModules(): Promise<string> {
  const folder = await newFolder();
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** A folder in which somebody else uses Moonpath's command line. */
export class Project {
  private constructor(readonly folder: string) {}

  /** A project with a rate limiter and a leaderboard in `lua/`, neither generated nor locked. */
  static async create(): Promise<Project> {
    const project = await Project.empty();
    await cp(FOREIGN, project.folder, { recursive: true });
    return project;
  }

  /** A project without anything. */
  static async empty(): Promise<Project> {
    return new Project(await folderWithModules());
  }

  async copy(): Promise<Project> {
    const project = await Project.empty();
    for (const name of await readdir(this.folder)) {
      if (name !== "node_modules")
        await cp(join(this.folder, name), join(project.folder, name), { recursive: true });
    }
    return project;
  }

  /** `moonpath-codegen` with these arguments. */
  run(...args: string[]): Promise<Ended> {
    return this.runWith({}, ...args);
  }

  /** The same, with variables of the environment. */
  runWith(env: Env, ...args: string[]): Promise<Ended> {
    return runInHost({ args, folder: this.folder, env });
  }

  /** The same, as a program of its own that still runs. */
  start(args: readonly string[], env: Env = {}): Promise<Running> {
    return startProgram(COMMAND_LINE, args, { cwd: this.folder, env: { ...NO_SERVER, ...env } });
  }

  /** `moonpath-codegen` with these arguments, which has to succeed. Returns its output. */
  async succeed(...args: string[]): Promise<string> {
    const { status, output, errors } = await this.run(...args);
    if (status !== 0)
      throw new Error(`moonpath-codegen ${args.join(" ")} ended with ${status}:\n${output}${errors}`);
    return output;
  }

  read(path: string): Promise<string> {
    return readFile(join(this.folder, path), "utf8");
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.folder, path)), { recursive: true });
    await writeFile(join(this.folder, path), text);
  }

  /** Replaces a text that stands exactly once in the file. */
  async edit(path: string, from: string, to: string): Promise<void> {
    const parts = (await this.read(path)).split(from);
    if (parts.length !== 2) throw new Error(`${path} holds ${parts.length - 1} times: ${from}`);
    await this.write(path, parts.join(to));
  }

  async remove(path: string): Promise<void> {
    await rm(join(this.folder, path), { recursive: true });
  }

  /** Paths of all files below a folder of the project, sorted. */
  async files(below = "."): Promise<string[]> {
    const folder = join(this.folder, below);
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    return found
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
      .sort();
  }

  /** Paths and texts of all files below a folder of the project. */
  async contents(below: string): Promise<Record<string, string>> {
    const paths = await this.files(below);
    const texts = await Promise.all(paths.map((path) => this.read(join(below, path))));
    return Object.fromEntries(paths.map((path, index) => [path, texts[index] ?? ""]));
  }
}

/**
 * A project whose scripts are generated and locked, so that `check` passes. Made once a file: copy
 * it.
 */
export async function lockedProject(): Promise<Project> {
  const project = await Project.create();
  await project.succeed("generate");
  await project.succeed("lock");
  return project;
}

/** The compiler's complaints about a project's TypeScript files, none when all is well. */
export async function typeCheck(project: Project, include: readonly string[]): Promise<string> {
  const compilerOptions = {
    target: "ES2022",
    module: "NodeNext",
    types: ["node"],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noUnusedLocals: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    noEmit: true,
    // The output of a user's own generator is a module of the user's package.
    moduleDetection: "force",
  };
  await project.write("package.json", '{ "type": "module" }\n');
  await project.write("tsconfig.json", JSON.stringify({ compilerOptions, include }));
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const { status, output, errors } = await run(process.execPath, [tsc, "-p", project.folder], {
    cwd: project.folder,
  });
  return status === 0 ? "" : `${output}${errors}` || `the compiler ended with ${status}`;
}
