import { REDIS_7_0 } from "../../codegen/src/commands/redis-7.0.js";
import type { Module } from "../../codegen/src/parse/source/module.js";
import { type Call, callOf, commandOf, type Node, walk } from "./syntax.js";

/** What the functions of `lua/lib` do to their callers, by the module's name: `lib.corrupt`. */
export interface Effects {
  /** Modules whose function never returns: it ends in `error`. */
  readonly raising: ReadonlySet<string>;
  /** Modules whose function writes, by itself or through another module. */
  readonly writing: ReadonlySet<string>;
}

/** Whether a command changes what others see: keys, or what subscribers hear. */
export function isWrite(command: string): boolean {
  return command === "PUBLISH" || REDIS_7_0.get(command)?.flags.includes("write") === true;
}

/**
 * Finds out which modules raise and which write. `modules` come in an order in which each follows
 * what it needs.
 */
export function effectsOf(modules: ReadonlyMap<string, Module>): Effects {
  const raising = new Set<string>();
  const writing = new Set<string>();
  let known = -1;
  while (known < raising.size + writing.size) {
    known = raising.size + writing.size;
    for (const [name, module] of modules) {
      const calls = new CallsOf(module, { raising, writing });
      if (calls.endsInError()) raising.add(name);
      if (module.body.some((statement) => calls.writesIn(statement))) writing.add(name);
    }
  }
  return { raising, writing };
}

/** Tells what the calls of one module do. */
export class CallsOf {
  readonly #modules: ReadonlyMap<string, string>;

  constructor(
    private readonly module: Module,
    private readonly effects: Effects,
  ) {
    this.#modules = new Map(module.requires.map(({ local, module: name }) => [local, name]));
  }

  /** Whether control never comes back from the call. */
  raises(call: Call): boolean {
    if (call.base.type !== "Identifier") return false;
    return call.base.name === "error" || this.effects.raising.has(this.#moduleOf(call) ?? "");
  }

  /** Whether the call writes, by itself or through a module. */
  writes(call: Call): boolean {
    const command = commandOf(call);
    return command === undefined ? this.effects.writing.has(this.#moduleOf(call) ?? "") : isWrite(command);
  }

  writesIn(node: Node): boolean {
    let found = false;
    walk(node, (inner) => {
      const call = callOf(inner);
      if (call !== undefined && this.writes(call)) found = true;
    });
    return found;
  }

  /** Whether the module's function ends in a call that raises. */
  endsInError(): boolean {
    return this.module.body.some((statement) => {
      if (statement.type !== "FunctionDeclaration" || statement.identifier?.type !== "Identifier")
        return false;
      if (statement.identifier.name !== this.module.name) return false;
      const last = statement.body.at(-1);
      const call = last?.type === "CallStatement" ? callOf(last.expression) : undefined;
      return call !== undefined && this.raises(call);
    });
  }

  #moduleOf({ base }: Call): string | undefined {
    return base.type === "Identifier" ? this.#modules.get(base.name) : undefined;
  }
}
