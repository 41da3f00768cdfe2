import luaparse from "luaparse";
import { partsOf } from "./nodes.js";

/** Limits of Lua 5.1's compiler for one function: LUAI_MAXVARS and LUAI_MAXUPVALUES in luaconf.h. */
const MAX_LOCALS = 200;
const MAX_UPVALUES = 60;

/** A function that Redis cannot load, although its syntax is correct. */
export interface LimitFault {
  /** The line on which the function begins; undefined for the main chunk. */
  readonly line: number | undefined;
  readonly message: string;
}

/**
 * Functions with more locals or upvalues than Lua's compiler accepts. The parser of sources refuses
 * deep nesting. `moonpath-codegen verify` finds the other limits, because it loads each script.
 */
export function limitFaults(lua: string): LimitFault[] {
  const chunk = luaparse.parse(lua, { luaVersion: "5.1", comments: false, locations: true, ranges: true });
  const main = new MeasuredFunction(undefined, undefined, []);
  main.block(chunk.body);
  return main.all.flatMap((one) => one.fault() ?? []);
}

/** The locals and upvalues of one function. */
class MeasuredFunction {
  /** The locals in scope, the innermost block's last. */
  private readonly names: string[] = [];
  private readonly upvalues = new Set<string>();
  private maxLocals = 0;

  constructor(
    private readonly line: number | undefined,
    private readonly outer: MeasuredFunction | undefined,
    /** All functions of the text, the main chunk first. */
    readonly all: MeasuredFunction[],
  ) {
    all.push(this);
  }

  fault(): LimitFault | undefined {
    const { line, maxLocals, upvalues } = this;
    const tooMany = (found: string, max: number) => ({
      line,
      message: `${found}, but Lua allows at most ${max}`,
    });
    if (maxLocals > MAX_LOCALS) return tooMany(`has ${maxLocals} locals at once`, MAX_LOCALS);
    if (upvalues.size <= MAX_UPVALUES) return undefined;
    return tooMany(`uses ${upvalues.size} locals from outside of it`, MAX_UPVALUES);
  }

  /** Visits statements. The names are declared first; all locals of the block end with it. */
  block(statements: readonly luaparse.Statement[], names: readonly string[] = []): void {
    const before = this.names.length;
    this.declare(names);
    for (const statement of statements) this.visit(statement);
    this.names.length = before;
  }

  private declare(names: readonly string[]): void {
    this.names.push(...names);
    this.maxLocals = Math.max(this.maxLocals, this.names.length);
  }

  private visit(node: luaparse.Node): void {
    switch (node.type) {
      case "Identifier":
        this.use(node.name);
        return;
      case "LocalStatement":
        this.visitAll(node.init);
        this.declare(node.variables.map(({ name }) => name));
        return;
      case "FunctionDeclaration":
        if (node.isLocal && node.identifier?.type === "Identifier") this.declare([node.identifier.name]);
        this.nested(node);
        return;
      case "ForNumericStatement":
        this.visitAll([node.start, node.end, ...(node.step === null ? [] : [node.step])]);
        this.block(node.body, [...LOOP_LOCALS, node.variable.name]);
        return;
      case "ForGenericStatement":
        this.visitAll(node.iterators);
        this.block(node.body, [...LOOP_LOCALS, ...node.variables.map(({ name }) => name)]);
        return;
      case "MemberExpression":
        this.visit(node.base);
        return;
      case "TableKeyString":
        this.visit(node.value);
        return;
      default:
        this.visitParts(node);
    }
  }

  private visitAll(nodes: readonly luaparse.Node[]): void {
    for (const node of nodes) this.visit(node);
  }

  /** Visits the parts of a node that declares nothing itself. A body is a block of its own. */
  private visitParts(node: luaparse.Node): void {
    this.visitAll(partsOf(node));
    if ("body" in node) this.block(node.body);
  }

  private nested(node: luaparse.FunctionDeclaration): void {
    const nested = new MeasuredFunction(node.loc?.start.line, this, this.all);
    const names = node.parameters.map((param) => (param.type === "Identifier" ? param.name : "arg"));
    nested.block(node.body, names);
  }

  /** A local of an outer function is an upvalue here and in each function between. */
  private use(name: string): boolean {
    if (this.names.includes(name)) return true;
    const isOuterLocal = this.outer?.use(name) ?? false;
    if (isOuterLocal) this.upvalues.add(name);
    return isOuterLocal;
  }
}

/** A loop keeps three values of its own. */
const LOOP_LOCALS = ["(limit)", "(state)", "(step)"];
