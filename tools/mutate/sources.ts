import { createHash } from "node:crypto";
import { buildModel } from "../codegen/src/build.js";
import { readFolder } from "../codegen/src/disk/read.js";
import { lineRuns } from "../codegen/src/emit/lua/line-runs.js";
import { emitLua } from "../codegen/src/emit/lua/script.js";
import type { Model, ScriptModel } from "../codegen/src/model/model.js";
import type { Files, ParsedScript } from "../codegen/src/parse/folder.js";
import { Problems } from "../codegen/src/parse/problem.js";
import { type Module, readModule } from "../codegen/src/parse/source/module.js";
import { isProblem, parseSource } from "../codegen/src/parse/source/source.js";
import { effectsOf } from "./find/effects.js";
import { mutantsOf } from "./find/find.js";
import { applyMutant, type Mutant } from "./find/mutant.js";
import type { PlantedScript } from "./run/plan.js";

const SOURCE_ROOT = "lua";

/** A mutant with the names of the scripts that contain its file. */
export interface ScriptMutant extends Mutant {
  readonly scripts: readonly string[];
  /**
   * A digest of the fault and of all sources of its scripts: the same key means the same faulty
   * scripts.
   */
  readonly key: string;
}

/** A `lua/` folder with all its mutants. */
export class LuaSources {
  readonly mutants: readonly ScriptMutant[];
  readonly #model: Model;
  readonly #scripts = new Map<string, { readonly script: ScriptModel; readonly parsed: ParsedScript }>();

  constructor(private readonly files: Files) {
    const { model, parsed, problems } = buildModel(files);
    const [problem] = problems;
    if (problem !== undefined)
      throw new Error(`${problem.position.file}:${problem.position.line}: ${problem.message}`);
    this.#model = model;
    const libModules = new Map<string, Module>();
    for (const script of model.scripts) {
      const found = parsed.get(script.name);
      if (found === undefined) throw new Error(`the model has ${script.name}, and the sources do not`);
      this.#scripts.set(script.name, { script, parsed: found });
      for (const module of found.libModules) libModules.set(moduleName(module), module);
    }
    const effects = effectsOf(libModules);
    const modules = [...libModules.values(), ...[...parsed.values()].map(({ main }) => main)];
    this.mutants = modules
      .flatMap((module) => mutantsOf(module, effects))
      .map((mutant) => this.#withScripts(mutant));
  }

  static async read(folder: string): Promise<LuaSources> {
    return new LuaSources(await readFolder(folder, [".lua"]));
  }

  /** The domains of all scripts: `stock`, `price`, and so on. */
  get domains(): readonly string[] {
    return [...new Set(this.#model.scripts.map(({ domain }) => domain))];
  }

  /** The generated script with the mutant in it. */
  plant(mutant: Mutant, name: string): PlantedScript {
    const found = this.#scripts.get(name);
    if (found === undefined) throw new Error(`there is no script ${name}`);
    const module = this.#mutated(mutant);
    const replace = (one: Module) => (one.source.file === mutant.file ? module : one);
    const { main, libModules, ...rest } = found.parsed;
    const parsed = { ...rest, main: replace(main), libModules: libModules.map(replace) };
    const emitted = emitLua(this.#model, found.script, parsed, SOURCE_ROOT);
    const lines = [...lineRuns(emitted.lines)].map(([file, runs]) => [
      `${SOURCE_ROOT}/${file}`,
      runs.join(" "),
    ]);
    return { lua: emitted.text, digest: emitted.digest, lines: Object.fromEntries(lines) };
  }

  /** The source line of the mutant, without and with the fault. */
  diff(mutant: Mutant): { readonly before: string; readonly after: string } {
    const text = this.#text(mutant.file);
    const lines = mutant.replacement.split("\n").length;
    const first = text.slice(0, mutant.start).split("\n").length - 1;
    const cut = (whole: string) =>
      whole
        .split("\n")
        .slice(first, first + lines)
        .join("\n");
    return { before: cut(text), after: cut(applyMutant(text, mutant)) };
  }

  #mutated(mutant: Mutant): Module {
    const source = parseSource(mutant.file, applyMutant(this.#text(mutant.file), mutant));
    if (isProblem(source)) throw new Error(`${mutant.id} is no Lua: ${source.message}`);
    const module = readModule(source, new Problems());
    if (module === undefined) throw new Error(`${mutant.id} is no module`);
    return module;
  }

  #text(file: string): string {
    const text = this.files.get(file);
    if (text === undefined) throw new Error(`there is no file ${file}`);
    return text;
  }

  #withScripts(mutant: Mutant): ScriptMutant {
    const holders = [...this.#scripts].filter(([, { parsed }]) =>
      [parsed.main, ...parsed.libModules].some(({ source }) => source.file === mutant.file),
    );
    const key = createHash("sha1").update(mutant.id);
    for (const [name, { script, parsed }] of holders) {
      key.update(`\n${name} ${script.version}`);
      for (const { source } of [parsed.main, ...parsed.libModules]) key.update(`\n${codeOf(source.text)}`);
    }
    return { ...mutant, scripts: holders.map(([name]) => name), key: key.digest("hex") };
  }
}

/** The text without comment lines, which change no script. */
function codeOf(text: string): string {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.trimStart().startsWith("--"))
    .join("\n");
}

function moduleName({ source }: Module): string {
  return source.file.replace(/\.lua$/, "").replaceAll("/", ".");
}
