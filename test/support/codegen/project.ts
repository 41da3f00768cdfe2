import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterFile } from "../cleanup.js";

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const FOREIGN = fileURLToPath(new URL("foreign", import.meta.url));
const LIMIT_MS = 15_000;

/** What a run of a program left behind. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** A run that goes on. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /**
   * The output from `offset` on, once it holds `text`; rejects when the program ends without it.
   */
  waitFor(text: string | RegExp, offset?: number): Promise<string>;
  /** How much has been written so far, for `waitFor`. */
  length(): number;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Starts a TypeScript program in a folder. Variables of `env` replace those of this process;
 * REDIS_URL is not passed on.
 */
export function startTypeScript(
  folder: string,
  file: string,
  env: Env = {},
  args: readonly string[] = [],
): Running {
  return startNode(folder, ["--import", TSX, file, ...args], env);
}

function startNode(folder: string, args: readonly string[], env: Env): Running {
  const child = spawn(process.execPath, [...args], {
    cwd: folder,
    env: { ...process.env, REDIS_URL: undefined, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT_MS);
  let output = "";
  let errors = "";
  const watchers = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    output += piece;
    for (const look of watchers) look();
  });
  child.stderr.setEncoding("utf8").on("data", (piece: string) => {
    errors += piece;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => {
      clearTimeout(timer);
      resolve({ status, output, errors });
    });
  });
  const waitFor = (text: string | RegExp, offset = 0) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const part = output.slice(offset);
        if (typeof text === "string" ? !part.includes(text) : !text.test(part)) return;
        watchers.delete(look);
        resolve(part);
      };
      watchers.add(look);
      ended.then(() => reject(new Error(`it ended without ${text}:\n${output}${errors}`)), reject);
      look();
    });
  return { child, ended, waitFor, length: () => output.length };
}

/** A new empty folder, removed after the file's last test. */
export async function newFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "moonpath-cli-")));
  afterFile(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

let bundled: Promise<string> | undefined;

/**
 * The command line as one file of JavaScript, which starts in half the time that its sources need.
 * All test files of a worker share it.
 */
function commandLine(): Promise<string> {
  bundled ??= (async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "moonpath-codegen-")));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const outfile = join(folder, "cli.js");
    await build({
      entryPoints: [join(ROOT, "tools/codegen/src/main.ts")],
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      outfile,
    });
    await writeFile(join(folder, "package.json"), '{ "type": "module" }\n');
    return outfile;
  })();
  return bundled;
}

async function folderWithModules(): Promise<string> {
  const folder = await newFolder();
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}

/** A folder in which somebody else uses Moonpath's command line. */
export class Project {
  private constructor(
    readonly folder: string,
    private readonly commandLine: string,
  ) {}

  /** A project with a rate limiter and a leaderboard in `lua/`, neither generated nor locked. */
  static async create(): Promise<Project> {
    const project = await Project.empty();
    await cp(FOREIGN, project.folder, { recursive: true });
    return project;
  }

  /** A project without anything. */
  static async empty(): Promise<Project> {
    return new Project(await folderWithModules(), await commandLine());
  }

  async copy(): Promise<Project> {
    const project = await Project.empty();
    for (const name of await readdir(this.folder)) {
      if (name !== "node_modules")
        await cp(join(this.folder, name), join(project.folder, name), { recursive: true });
    }
    return project;
  }

  /** `moonpath` with these arguments. */
  run(...args: string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** The same, as one that is still going on. */
  start(args: readonly string[], env: Env = {}): Running {
    return startNode(this.folder, [this.commandLine, ...args], env);
  }

  /** `moonpath` with these arguments, which has to succeed. Returns its output. */
  async succeed(...args: string[]): Promise<string> {
    const { status, output, errors } = await this.run(...args);
    if (status !== 0) throw new Error(`moonpath ${args.join(" ")} ended with ${status}:\n${output}${errors}`);
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
  const child = spawn(process.execPath, [tsc, "-p", project.folder], { cwd: project.folder });
  let told = "";
  child.stdout.on("data", (piece: Buffer) => {
    told += String(piece);
  });
  child.stderr.on("data", (piece: Buffer) => {
    told += String(piece);
  });
  const status = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return status === 0 ? "" : told || `the compiler ended with ${status}`;
}
