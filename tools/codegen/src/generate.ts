import { buildModel } from "./build.js";
import { REDIS_7_0 } from "./commands/redis-7.0.js";
import type { Costs } from "./costs.js";
import { emitAclReadme } from "./emit/acl/readme.js";
import { emitAcl } from "./emit/acl/roles.js";
import { limitFaults } from "./emit/lua/limits.js";
import { type EmittedForm, type EmittedLua, emitLua } from "./emit/lua/script.js";
import { emitKeyspaceMap } from "./emit/review/keyspace.js";
import { emitReview } from "./emit/review/review.js";
import { domainFile, domainsOf, emitDomain, emitIndex, emitScripts } from "./emit/typescript/index-module.js";
import { emitKeys } from "./emit/typescript/keys-module.js";
import { emitScript } from "./emit/typescript/script-module.js";
import { emitTypes } from "./emit/typescript/types-module.js";
import type { Model, ScriptModel } from "./model/model.js";
import type { Files } from "./parse/folder.js";
import { type Problem, Problems } from "./parse/problem.js";

/** How the output is to look. */
export interface GenerateOptions {
  /**
   * How generated modules import the client. A relative path is seen from a domain's folder:
   * `generated/ts/stock`.
   */
  readonly client: string;
  /** The namespace that the ACL is for. */
  readonly namespace: string;
  /** The `lua/` folder, as messages name it. */
  readonly sourceRoot: string;
  /**
   * Domains for which your code offers functions of its own under the same name, and the generated
   * functions as `tenant.scripts.<domain>`. The documentation then calls them so, and the type
   * `UnwrappedDomains` has the other domains.
   */
  readonly wrapped?: readonly string[];
  /** What the scripts cost, for the review sheets. Absent: it was not measured. */
  readonly costs?: Costs | undefined;
}

/** What came of a `lua/` folder. */
export interface Generated {
  readonly model: Model;
  readonly problems: readonly Problem[];
  /** Path below the output folder to text; empty when there are problems. */
  readonly files: ReadonlyMap<string, string>;
  /** By the script's name; empty when there are problems. */
  readonly lua: ReadonlyMap<string, EmittedLua>;
}

/**
 * The whole generator, without disk or network: texts in, texts out, the same out for the same in.
 */
export function generate(sources: Files, options: GenerateOptions): Generated {
  const { model, parsed, problems } = buildModel(sources);
  const files = new Map<string, string>();
  const lua = new Map<string, EmittedLua>();
  if (problems.length > 0) return { model, problems, files, lua };
  const context = { model, ...options, commands: REDIS_7_0 };
  const tooBig: Problem[] = [];
  for (const script of model.scripts) {
    const source = parsed.get(script.name);
    if (source === undefined) throw new Error(`${script.name} was read and is gone`);
    const emitted = emitLua(model, script, source, options.sourceRoot);
    const path = `${script.domain}/${script.operation}`;
    tooBig.push(
      ...limitProblems(script, emitted),
      ...(emitted.many ? limitProblems(script, emitted.many) : []),
    );
    lua.set(script.name, emitted);
    files.set(`lua/${path}.lua`, emitted.text);
    if (emitted.many !== undefined) files.set(`lua/${path}.many.lua`, emitted.many.text);
    files.set(`ts/${path}.ts`, emitScript(context, script, emitted));
    files.set(`review/${path}.md`, emitReview(context, script, emitted));
  }
  if (tooBig.length > 0) return { model, problems: tooBig, files: new Map(), lua: new Map() };
  files.set("ts/types.ts", emitTypes(context));
  files.set("ts/keys.ts", emitKeys(context));
  files.set("ts/scripts.ts", emitScripts(context));
  for (const domain of domainsOf(context))
    files.set(`ts/${domainFile(domain)}.ts`, emitDomain(context, domain));
  files.set("ts/index.ts", emitIndex(context));
  files.set("review/README.md", emitKeyspaceMap(model, options.namespace, options.sourceRoot));
  files.set("acl/moonpath.acl", emitAcl(model, options.namespace));
  files.set("acl/README.md", emitAclReadme(model, options.namespace, options.sourceRoot));
  files.set("model.json", `${JSON.stringify(model, null, 2)}\n`);
  return { model, problems, files, lua };
}

/**
 * Functions that Lua's compiler refuses, at their positions in the sources. For the generated
 * wrapper, that is the script's position.
 */
function limitProblems(script: ScriptModel, emitted: EmittedForm): Problem[] {
  const problems = new Problems();
  for (const { line, message } of limitFaults(emitted.text)) {
    const [file, lines] = [...emitted.lines].find(([, known]) => line !== undefined && known.has(line)) ?? [];
    const source = line === undefined ? undefined : lines?.get(line);
    const inside = file !== undefined && source !== undefined;
    problems.at(
      inside ? { file, line: source, column: 1 } : script.position,
      "local function".length,
      "parse/limits",
      `${inside ? "the function" : `the generated script, with its arguments and return values,`} ${message}`,
      inside
        ? "split the function"
        : "declare fewer arguments, for example one list of records, or fewer locals in the file",
    );
  }
  return problems.all;
}
