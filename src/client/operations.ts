import { ArgumentError } from "../core/errors.js";
import { readFrom } from "../core/read-from.js";
import type { Caller } from "./call/caller.js";
import type { ManyResult } from "./call/many.js";
import type { CallOptions } from "./call/options.js";
import type { ManyScript, Scope, Script } from "./script/script.js";
import type { AnyScript } from "./script/script-set.js";

/** Scripts by domain and operation, as a generated index exports them. */
export type Scripts = Readonly<Record<string, Readonly<Record<string, AnyScript>>>>;

const expectedScripts = "domains of scripts, such as { stock: { adjust: stockAdjust } }";

/**
 * All scripts of all domains, also of a caller in plain JavaScript.
 *
 * @throws ArgumentError also for options in the place of scripts; `optionNames` are their names
 */
export function checkedScripts(scripts: Scripts, optionNames: readonly string[]): AnyScript[] {
  const readAll = () => {
    const isOption = (name: string) => optionNames.includes(name) && !isDomain(scripts[name]);
    if (Object.keys(scripts).some(isOption)) {
      throw new ArgumentError("scripts", `${expectedScripts}; the options are the third argument`);
    }
    if (!Object.values(scripts).every(isDomain)) throw new ArgumentError("scripts", expectedScripts);
    return Object.values(scripts).flatMap((domain) => Object.values(domain));
  };
  return readFrom("scripts", readAll, undefined, expectedScripts);
}

function isDomain(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.values(value).every(isScript);
}

function isScript(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("keyPatterns" in value)) return false;
  return Array.isArray(value.keyPatterns) && "encode" in value && typeof value.encode === "function";
}

/**
 * The typed function of one script. It rejects with a `MoonpathError`.
 *
 * ```ts
 * const read: Operation<StockReadArgs, StockReadReply> = acme.scripts.stock.read;
 * ```
 */
export type Operation<Args, Reply> = (args: Args, options?: CallOptions) => Promise<Reply>;

/**
 * The typed function of a script with a many form. `many` makes many calls at once, and has a result
 * for each, in their order. A call that fails leaves the others alone.
 */
export interface ManyOperation<Args, Reply> extends Operation<Args, Reply> {
  many(calls: readonly Args[], options?: CallOptions): Promise<ManyResult<Reply>[]>;
}

/** Some functions of a domain, for one call at a time. */
export type SingleCalls<Domain, Name extends keyof Domain> = {
  readonly [One in Name]: Domain[One] extends Operation<infer Args, infer Reply>
    ? Operation<Args, Reply>
    : never;
};

/** One typed function for each script: `tenant.stock.setLevel({ … })`. */
export type Operations<All extends Scripts> = {
  readonly [Domain in keyof All]: {
    readonly [Name in keyof All[Domain]]: All[Domain][Name] extends ManyScript<infer Args, infer Reply>
      ? ManyOperation<Args, Reply>
      : All[Domain][Name] extends Script<infer Args, infer Reply>
        ? Operation<Args, Reply>
        : never;
  };
};

/** The functions of these scripts for one scope. */
export function operationsOf<All extends Scripts>(
  caller: Caller,
  scripts: All,
  scope: Scope,
): Operations<All> {
  const operations: Record<string, Record<string, unknown>> = {};
  for (const domain in scripts) operations[domain] = functionsOf(caller, scripts[domain] ?? {}, scope);
  if (!haveFunctions(operations, scripts)) throw new TypeError("a script has no function");
  return operations;
}

/** The functions of one domain for one scope. */
export function domainOf<All extends Scripts, Domain extends keyof All>(
  caller: Caller,
  scripts: All,
  domain: Domain,
  scope: Scope,
): Operations<All>[Domain] {
  const functions = functionsOf(caller, scripts[domain] ?? {}, scope);
  if (!hasFunctions(functions, scripts, domain)) throw new TypeError("a script has no function");
  return functions;
}

/** A plain loop: a tenant is made for each of its calls in many programs. */
function functionsOf(
  caller: Caller,
  domain: Readonly<Record<string, AnyScript>>,
  scope: Scope,
): Record<string, unknown> {
  const functions: Record<string, unknown> = {};
  for (const name in domain) {
    const script = domain[name];
    if (script === undefined) continue;
    functions[name] = isManyScript(script)
      ? Object.assign(functionOf(caller, script, scope), {
          many: (calls: readonly never[], options?: CallOptions) =>
            caller.many(script, scope, calls, options),
        })
      : functionOf(caller, script, scope);
  }
  return functions;
}

function functionOf<Args, Reply>(
  caller: Caller,
  script: Script<Args, Reply>,
  scope: Scope,
): Operation<Args, Reply> {
  return (args, options) => caller.call(script, scope, args, options);
}

function isManyScript(script: AnyScript): script is ManyScript<never, unknown> {
  return script.many !== undefined;
}

/** Whether every script has a function. Its type then follows from the type of `Caller.call`. */
function haveFunctions<All extends Scripts>(
  operations: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  scripts: All,
): operations is Operations<All> {
  for (const domain in scripts) {
    if (!hasFunctions(operations[domain] ?? {}, scripts, domain)) return false;
  }
  return true;
}

function hasFunctions<All extends Scripts, Domain extends keyof All>(
  functions: Readonly<Record<string, unknown>>,
  scripts: All,
  domain: Domain,
): functions is Operations<All>[Domain] {
  for (const name in scripts[domain]) if (typeof functions[name] !== "function") return false;
  return true;
}
