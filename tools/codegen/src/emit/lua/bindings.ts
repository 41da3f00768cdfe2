import type luaparse from "luaparse";
import { partsOf } from "./nodes.js";

/** Each use of a variable in a text, with the node that declares it; undefined for a global. */
export type Bindings = ReadonlyMap<luaparse.Identifier, luaparse.Identifier | undefined>;

/** Which declaration each use of a variable means, by Lua's rules of scope. */
export function bindingsOf(body: readonly luaparse.Statement[]): Bindings {
  const reader = new ScopeReader();
  reader.block(body, []);
  return reader.uses;
}

/** The names that statements use and do not declare. */
export function freeNames(body: readonly luaparse.Statement[]): ReadonlySet<string> {
  const free = [...bindingsOf(body)].filter(([, declaration]) => declaration === undefined);
  return new Set(free.map(([{ name }]) => name));
}

/** The names that statements declare, at any depth: locals, parameters and variables of loops. */
export function declaredNames(body: readonly luaparse.Statement[]): ReadonlySet<string> {
  const reader = new ScopeReader();
  reader.block(body, []);
  return reader.declared;
}

class ScopeReader {
  readonly uses = new Map<luaparse.Identifier, luaparse.Identifier | undefined>();
  readonly declared = new Set<string>();
  /** The declarations in scope, the innermost last. */
  private readonly scope: luaparse.Identifier[] = [];

  /** Visits statements. The names are declared first; all locals of the block end with it. */
  block(statements: readonly luaparse.Statement[], names: readonly luaparse.Identifier[]): void {
    const before = this.scope.length;
    this.declare(names);
    for (const statement of statements) this.visit(statement);
    this.scope.length = before;
  }

  private declare(names: readonly luaparse.Identifier[]): void {
    this.scope.push(...names);
    for (const { name } of names) this.declared.add(name);
  }

  private visit(node: luaparse.Node): void {
    switch (node.type) {
      case "Identifier":
        this.uses.set(
          node,
          this.scope.findLast(({ name }) => name === node.name),
        );
        return;
      case "LocalStatement":
        this.visitAll(node.init);
        this.declare(node.variables);
        return;
      case "FunctionDeclaration":
        this.functionDeclaration(node);
        return;
      case "ForNumericStatement":
        this.visitAll([node.start, node.end, ...(node.step === null ? [] : [node.step])]);
        this.block(node.body, [node.variable]);
        return;
      case "ForGenericStatement":
        this.visitAll(node.iterators);
        this.block(node.body, node.variables);
        return;
      case "RepeatStatement":
        this.repeat(node);
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

  private functionDeclaration(node: luaparse.FunctionDeclaration): void {
    const { identifier, isLocal, parameters } = node;
    if (isLocal && identifier?.type === "Identifier") this.declare([identifier]);
    else if (identifier !== null) this.visit(identifier);
    this.block(
      node.body,
      parameters.filter((parameter) => parameter.type === "Identifier"),
    );
  }

  /** The condition of `repeat` sees the locals of its body. */
  private repeat({ body, condition }: luaparse.RepeatStatement): void {
    const before = this.scope.length;
    this.visitAll(body);
    this.visit(condition);
    this.scope.length = before;
  }

  /** Visits the parts of a node that declares nothing itself. A body is a block of its own. */
  private visitParts(node: luaparse.Node): void {
    this.visitAll(partsOf(node));
    if ("body" in node) this.block(node.body, []);
  }
}
