import type { Caller } from "./call/caller.js";
import type { CallOptions } from "./call/options.js";
import type { Scope, Script } from "./script/script.js";
import type { AnyScript } from "./script/script-set.js";

/** Scripts by domain and operation, as a generated index exports them. */
export type Scripts = Readonly<Record<string, Readonly<Record<string, AnyScript>>>>;

/**
 * The typed function of one script. It rejects with a `MoonpathError`.
 *
 * ```ts
 * const read: Operation<StockReadArgs, StockReadReply> = acme.scripts.stock.read;
 * ```
 */
export type Operation<Args, Reply> = (args: Args, options?: CallOptions) => Promise<Reply>;

/** One typed function for each script: `tenant.stock.setLevel({ … })`. */
export type Operations<All extends Scripts> = {
  readonly [Domain in keyof All]: {
    readonly [Name in keyof All[Domain]]: All[Domain][Name] extends Script<infer Args, infer Reply>
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
  const operations = mapValues(scripts, (domain) =>
    mapValues(
      domain,
      (script) => (args: never, options?: CallOptions) => caller.call(script, scope, args, options),
    ),
  );
  if (!matches(operations, scripts)) throw new TypeError("a script has no function");
  return operations;
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  to: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value)]));
}

/** Whether every script has a function. Its type then follows from the type of `Caller.call`. */
function matches<All extends Scripts>(
  operations: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  scripts: All,
): operations is Operations<All> {
  return Object.entries(scripts).every(([domain, names]) =>
    Object.keys(names).every((name) => typeof operations[domain]?.[name] === "function"),
  );
}
