import { basename, dirname, isAbsolute, relative, resolve, sep } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import { FolderError } from "../disk/folder-error.js";
import type { GenerateOptions } from "../generate.js";
import type { Files } from "../parse/folder.js";

/** The options of folders, which every command has. */
export interface FolderOptions {
  readonly lua: string;
  readonly out: string;
  readonly client: string;
  readonly namespace: string;
  /** Domains, as `GenerateOptions.wrapped` has them. */
  readonly wrapped?: readonly string[];
}

export const OUTPUT_ENDINGS = [".lua", ".ts", ".md", ".acl", ".json"];

/** Folders of the output that other tools write, from other sources. */
const FOLDERS_OF_OTHERS = /^(?:dashboards|rules)\//;

/** The files of the output folder, without those of other tools. */
export function ownFiles(files: Files): Files {
  return new Map([...files].filter(([path]) => !FOLDERS_OF_OTHERS.test(path)));
}

export const luaOption = () =>
  new Option("--lua <dir>", "folder of the scripts").default("lua").argParser(folderName);
export const outOption = () =>
  new Option("--out <dir>", "folder of what is generated").default("generated").argParser(folderName);

function folderName(name: string): string {
  if (name !== "" && !name.includes("\0")) return name;
  throw new InvalidArgumentError("Name a folder, without a NUL character.");
}

export const clientOption = () =>
  new Option(
    "--client <module>",
    "how generated modules import the client; a path as seen from <out>/ts/<domain>",
  )
    .default("moonpath/client")
    .argParser((module: string) => {
      // A path that begins with `./` would name two files: modules of scripts are one folder deeper.
      if (/^[^\s.][^\s\p{Cc}]*$/u.test(module) || /^\.\.\/\S+$/.test(module)) return module;
      throw new InvalidArgumentError("Name a package, or a path that begins with ../");
    });
export const namespaceOption = () =>
  new Option("--namespace <name>", "the namespace that the ACL is for")
    .default("moonpath")
    .argParser((name: string) => {
      // Anything else would change what the ACL allows.
      if (/^[A-Za-z0-9_.-]{1,64}$/.test(name)) return name;
      throw new InvalidArgumentError("A namespace is 1 to 64 characters of A-Z, a-z, 0-9, _, . and -.");
    });

export const wrappedOption = () =>
  new Option(
    "--wrapped <domains>",
    "domains, separated by commas, that your code wraps; examples call their functions as tenant.scripts.<domain>",
  ).argParser((domains: string) => {
    const names = domains.split(",");
    if (names.every((name) => /^[a-z][a-z0-9]*$/.test(name))) return names;
    throw new InvalidArgumentError("Write domains as in lua/<domain>, separated by commas.");
  });

/**
 * The generator's options. Generated files name their sources relative to the output's parent
 * folder, because the output must be the same on every machine.
 */
export function generateOptions(options: FolderOptions): GenerateOptions {
  const beside = dirname(resolve(options.out));
  const path = relative(beside, resolve(options.lua)).split(sep).join("/");
  const sourceRoot = path === "" || path.startsWith("..") ? basename(resolve(options.lua)) : path;
  // Generated files name it in comments of one line.
  if (/\p{Cc}|[\u2028\u2029]/u.test(sourceRoot))
    throw new CommandError("the folder of the scripts has a control character in its name; rename it", 2);
  const { client, namespace, wrapped = [] } = options;
  return { client, namespace, sourceRoot, wrapped };
}

/** Generated Lua below the scripts' own folder would be read as scripts the next time. */
export function refuseOutputAmongSources(options: FolderOptions): void {
  const path = relative(resolve(options.lua), resolve(options.out));
  if (path.startsWith("..") || isAbsolute(path)) return;
  throw new CommandError(
    `--out ${shown(options.out)} is inside the folder of the scripts, ${shown(options.lua)}; set a folder outside of it`,
    2,
  );
}

/** A folder as messages name it: seen from where the command runs. */
export function shown(folder: string): string {
  const path = relative(process.cwd(), resolve(folder)).split(sep).join("/");
  return path === "" ? "." : path.startsWith("..") ? resolve(folder).split(sep).join("/") : path;
}

/** Something that the person at the command line can fix: printed without a stack. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
    this.name = "CommandError";
  }
}

/**
 * The error as one that a person can fix, also if the file system or the network caused it;
 * undefined for any other error.
 */
export function asCommandError(error: unknown): CommandError | undefined {
  if (error instanceof CommandError) return error;
  if (error instanceof FolderError) return new CommandError(error.message);
  if (error instanceof Error && "code" in error && error.code === "ENOTDIR" && "path" in error)
    return new CommandError(
      `${shown(String(error.path))} cannot be a folder, because a part of its path is a file`,
      2,
    );
  return error instanceof Error && "syscall" in error ? new CommandError(error.message) : undefined;
}
