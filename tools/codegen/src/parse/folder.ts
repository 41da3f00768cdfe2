import type { KeyModel, TypeModel } from "../model/model.js";
import { camel } from "../naming.js";
import { type Contract, readContract } from "./contract/contract.js";
import { checkCallNames, checkLocals } from "./contract/name-conflicts.js";
import { type Problem, Problems } from "./problem.js";
import { type Module, readModule } from "./source/module.js";
import { isProblem, parseSource, type Source } from "./source/source.js";
import { checkCorruptKeys } from "./vocabulary/corrupt.js";
import { checkCollisions, checkReserved } from "./vocabulary/key-collisions.js";
import { checkFields, readKeyspace } from "./vocabulary/keyspace.js";
import { readTypes } from "./vocabulary/types.js";

/**
 * A script with its contract and the modules that it needs. A module comes before those that need it.
 */
export interface ParsedScript {
  readonly domain: string;
  readonly operation: string;
  /** The script's own file. */
  readonly main: Module;
  readonly contract: Contract;
  /** Files of `lib/`. */
  readonly libModules: readonly Module[];
  /**
   * Whether its parameters and return values could all be read, so that the body may be held
   * against them.
   */
  readonly sound: boolean;
}

/** A `lua/` folder, read. */
export interface ParsedFolder {
  readonly types: readonly TypeModel[];
  readonly keys: readonly KeyModel[];
  readonly scripts: readonly ParsedScript[];
  /** Modules by the name that `require` gives them: `lib.now_ms`. */
  readonly modules: ReadonlyMap<string, Module>;
  readonly problems: readonly Problem[];
}

/** Files of a `lua/` folder: path below it, with forward slashes, to text. */
export type Files = ReadonlyMap<string, string>;

/** Rules without which nothing is known of a script's parameters and return values. */
const SHAPE = /^(keyspace|contract\/(param|access|keys|unknown-type|record|optional|return|when|twice))/;

const SCRIPT = /^([a-z][a-z0-9]*)\/([a-z][a-z0-9_]*)\.lua$/;

/**
 * Reads a whole folder; whatever is wrong is told in `problems`, and the rest is read all the same.
 */
export function parseFolder(files: Files): ParsedFolder {
  const problems = new Problems();
  const sources = new Map<string, Source>();
  for (const [file, marked] of [...files].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const text = withoutMark(file, marked, problems);
    if (text.includes("\r")) {
      const line = text.slice(0, text.indexOf("\r")).split("\n").length;
      const column = text.indexOf("\r") - text.lastIndexOf("\n", text.indexOf("\r"));
      problems.at(
        { file, line, column },
        1,
        "parse/newlines",
        "a line ends in a carriage return",
        "save the file with LF line endings",
      );
    }
    // luaparse begins a line at each carriage return; with a space instead, positions are those of the
    // text.
    const source = parseSource(file, text.replaceAll("\r", " "));
    if (isProblem(source)) problems.all.push(source);
    else sources.set(file, source);
  }
  const types = readDeclared(sources, files, "types.lua", readTypes, problems);
  const keys = readDeclared(sources, files, "keyspace.lua", readKeyspace, problems);
  if (types.length > 0) {
    checkFields(keys, types, problems);
    checkCorruptKeys(keys, problems);
    checkReserved(keys, types, problems);
    checkCollisions(keys, types, problems);
  }
  const modules = readLibModules(sources, problems);
  const scripts: ParsedScript[] = [];
  for (const source of sources.values()) {
    if (source.file === "types.lua" || source.file === "keyspace.lua" || source.file.startsWith("lib/"))
      continue;
    const [, domain, operation] = SCRIPT.exec(source.file) ?? [];
    if (domain === undefined || operation === undefined) {
      problems.at(
        { file: source.file, line: 1, column: 1 },
        1,
        "contract/path",
        "a script's path is <domain>/<operation>.lua, in lowercase letters",
        "move or rename the file",
      );
      continue;
    }
    const script = readScript(source, domain, operation, { types, keys }, modules, problems);
    if (script === undefined) continue;
    const other = scripts.find((one) => one.domain === domain && camel(one.operation) === camel(operation));
    if (other !== undefined)
      problems.at(
        script.main.position,
        lengthOf(script.main),
        "contract/twice",
        `this script and ${other.main.source.file} are both ${domain}.${camel(operation)} in TypeScript`,
        "rename one of the two",
      );
    scripts.push(script);
  }
  return { types, keys, scripts, modules, problems: problems.all };
}

/** A byte order mark is told, and the file is read without it. */
function withoutMark(file: string, text: string, problems: Problems): string {
  if (!text.startsWith("\uFEFF")) return text;
  const message = "the file begins with a byte order mark, which Lua cannot read";
  const fix = "save the file as UTF-8 without a byte order mark";
  problems.at({ file, line: 1, column: 1 }, 1, "parse/encoding", message, fix);
  return text.slice(1);
}

function readDeclared<Declared>(
  sources: ReadonlyMap<string, Source>,
  files: Files,
  file: string,
  read: (source: Source, problems: Problems) => Declared[],
  problems: Problems,
): Declared[] {
  const source = sources.get(file);
  if (source !== undefined) return read(source, problems);
  if (!files.has(file))
    problems.at(
      { file, line: 1, column: 1 },
      1,
      "parse/missing",
      `the folder does not contain ${file}`,
      `add it; Moonpath's own lua/${file} is an example`,
    );
  return [];
}

/** The path of a module without `.lua`, and its name. */
const MODULE_PATH = /^(lib\/(?:[a-z][a-z0-9_]*\/)?([a-z][a-z0-9_]*))\.lua$/;

function readLibModules(sources: ReadonlyMap<string, Source>, problems: Problems): Map<string, Module> {
  const modules = new Map<string, Module>();
  for (const source of sources.values()) {
    const [, path, name] = MODULE_PATH.exec(source.file) ?? [];
    if (!source.file.startsWith("lib/")) continue;
    if (path === undefined || name === undefined) {
      problems.at(
        { file: source.file, line: 1, column: 1 },
        1,
        "module/path",
        "a module's path is lib/<name>.lua or lib/<domain>/<name>.lua, in lowercase letters",
        "move or rename the file",
      );
      continue;
    }
    const module = readModule(source, problems);
    if (module === undefined) continue;
    if (module.name !== name)
      problems.at(
        module.position,
        lengthOf(module),
        "module/name",
        `the module ${source.file} returns ${module.name}`,
        `name the function ${name}, or the file ${module.name}.lua`,
      );
    if (module.doc === undefined)
      problems.at(
        module.position,
        lengthOf(module),
        "module/undocumented",
        `the module ${name} has no description`,
        "describe it in --- lines directly above the function",
      );
    modules.set(path.replaceAll("/", "."), module);
  }
  return modules;
}

function readScript(
  source: Source,
  domain: string,
  operation: string,
  vocabulary: { types: readonly TypeModel[]; keys: readonly KeyModel[] },
  modules: ReadonlyMap<string, Module>,
  problems: Problems,
): ParsedScript | undefined {
  const main = readModule(source, problems);
  if (main === undefined) return undefined;
  const [, base, major] = /^(.+)_v(\d+)$/.exec(operation) ?? [undefined, operation, undefined];
  if (main.name !== base) {
    problems.at(
      main.position,
      lengthOf(main),
      "contract/name",
      `${source.file} returns the function ${main.name}`,
      `name the function ${base}, or the file ${main.name}.lua`,
    );
  }
  const before = problems.all.length;
  const contract = readContract(main, vocabulary, problems);
  if (contract === undefined) return undefined;
  checkCallNames(contract, vocabulary, problems);
  const sound = !problems.all.slice(before).some((problem) => SHAPE.test(problem.rule));
  if (major !== undefined && contract.version.split(".")[0] !== major) {
    problems.at(
      main.position,
      lengthOf(main),
      "contract/name",
      `${source.file} holds version ${contract.version}`,
      `keep a version ${major}.x.x in it, or rename the file`,
    );
  }
  const libModules = resolveModules(main, modules, problems);
  return libModules === undefined ? undefined : { domain, operation, main, contract, libModules, sound };
}

/** `local function apply` */
function lengthOf(module: Module): number {
  return "local function ".length + module.name.length;
}

/** The modules that a script needs, directly or through others. A module comes before those that need it. */
function resolveModules(
  main: Module,
  modules: ReadonlyMap<string, Module>,
  problems: Problems,
): Module[] | undefined {
  const ordered: Module[] = [];
  const under = new Set<Module>();
  let whole = true;
  const visit = (current: Module): void => {
    under.add(current);
    for (const required of current.requires) {
      const found = modules.get(required.module);
      if (found === undefined) {
        problems.at(
          required.position,
          7,
          "module/missing",
          `the module ${required.module} does not exist`,
          `add lua/${required.module.replaceAll(".", "/")}.lua, or correct the name`,
        );
        whole = false;
      } else if (found.name !== required.local) {
        problems.at(
          required.position,
          7,
          "module/name",
          `the local of ${required.module} is named ${required.local}`,
          `write: local ${found.name} = require("${required.module}")`,
        );
        whole = false;
      } else if (under.has(found)) {
        problems.at(
          required.position,
          7,
          "module/cycle",
          `${required.module} and ${current.source.file} require each other in a cycle`,
          "move the code that both need into a third module",
        );
        whole = false;
      } else if (!ordered.includes(found)) visit(found);
    }
    under.delete(current);
    ordered.push(current);
  };
  visit(main);
  ordered.pop();
  checkLocals([...ordered, main], problems);
  return whole ? ordered : undefined;
}
