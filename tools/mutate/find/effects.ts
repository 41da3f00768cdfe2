import { REDIS_7_0 } from "../../codegen/src/commands/redis-7.0.js";
import type { Module } from "../../codegen/src/parse/source/module.js";
import { type Call, callOf, commandOf, type Node, walk } from "./syntax.js";

/**
 * The effects of the functions of `lua/lib` on their callers, by the module's name, such as
 * `lib.corrupt`.
 */
export interface Effects {
  /** Modules whose function never returns, because it ends in `error`. */
  readonly raising: ReadonlySet<string>;
  /** Modules whose function writes, by itself or through another module. */
  readonly writing: ReadonlySet<string>;
}

/** Whether a command changes keys, or publishes a message. */
export function isWrite(command: string): boolean {
  return command === "PUBLISH" || REDIS_7_0.get(command)?.flags.includes("write") === true;
}

/**
 * Finds the modules that raise and those that write. In `modules`, each module comes after those
 * that it requires.
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

/** The effects of the calls of one module. */
export class CallsOf {
  readonly #modules: ReadonlyMap<string, string>;

  constructor(
    private readonly module: Module,
    private readonly effects: Effects,
  ) {
    this.#modules = new Map(module.requires.map(({ local, module: name }) => [local, name]));
  }

  /** Whether the call never returns. */
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
