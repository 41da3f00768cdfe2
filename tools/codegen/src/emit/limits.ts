import luaparse from "luaparse";

/** What Lua 5.1's compiler takes in one function: of 250 places and 200 levels, a few are for what is not counted here. */
const MOST = { locals: 200, upvalues: 60, places: 240, levels: 180 };

/** A function that Redis could not load, though its syntax is right. */
export interface LimitFault {
  /** Where it begins in the text; undefined: it is the text as a whole. */
  readonly line: number | undefined;
  readonly message: string;
}

/** Functions of a text that are too big for Lua's compiler. */
export function limitFaults(lua: string): LimitFault[] {
  const chunk = luaparse.parse(lua, { luaVersion: "5.1", comments: false, locations: true });
  const main = new Measured(undefined, undefined, []);
  main.block(chunk.body);
  return main.all.flatMap((one) => one.fault() ?? []);
}

/** One function: its locals by name, those of inner blocks last, and the most that it has needed so far. */
class Measured {
  readonly all: Measured[];
  private readonly names: string[] = [];
  private readonly upvalues = new Set<string>();
  private locals = 0;
  private places = 0;
  private level = 0;
  private levels = 0;

  constructor(
    private readonly line: number | undefined,
    private readonly outer: Measured | undefined,
    all: Measured[],
  ) {
    this.all = all;
    all.push(this);
  }

  fault(): LimitFault | undefined {
    const told = (found: string, most: number) => ({
      line: this.line,
      message: `${found}, and Lua takes at most ${most}`,
    });
    const { locals, places, levels } = this;
    if (locals > MOST.locals) return told(`has ${locals} locals at once`, MOST.locals);
    if (this.upvalues.size > MOST.upvalues)
      return told(`uses ${this.upvalues.size} locals from outside of it`, MOST.upvalues);
    if (places > MOST.places)
      return told(`has ${places} locals and values of one list together`, MOST.places);
    return levels > MOST.levels ? told(`nests ${levels} levels deep`, MOST.levels) : undefined;
  }

  /** Statements with the locals that they begin with; what they declare ends with them. */
  block(statements: readonly luaparse.Statement[], names: readonly string[] = []): void {
    const before = this.names.length;
    this.declare(names);
    this.deeper(() => {
      for (const statement of statements) this.statement(statement);
    });
    this.names.length = before;
  }

  private declare(names: readonly string[]): void {
    this.names.push(...names);
    this.locals = Math.max(this.locals, this.names.length);
  }

  private deeper(visit: () => void): void {
    this.level += 1;
    this.levels = Math.max(this.levels, this.level);
    visit();
    this.level -= 1;
  }

  private statement(node: luaparse.Statement): void {
    switch (node.type) {
      case "LocalStatement":
        this.list(node.init);
        this.declare(node.variables.map(({ name }) => name));
        return;
      case "FunctionDeclaration":
        if (node.isLocal && node.identifier?.type === "Identifier") this.declare([node.identifier.name]);
        this.inner(node);
        return;
      case "ForNumericStatement":
        this.list([node.start, node.end, ...(node.step === null ? [] : [node.step])]);
        this.block(node.body, [...HIDDEN, node.variable.name]);
        return;
      case "ForGenericStatement":
        this.list(node.iterators);
        this.block(node.body, [...HIDDEN, ...node.variables.map(({ name }) => name)]);
        return;
      case "IfStatement":
        for (const clause of node.clauses) {
          if ("condition" in clause) this.list([clause.condition]);
          this.block(clause.body);
        }
        return;
      case "WhileStatement":
        this.list([node.condition]);
        this.block(node.body);
        return;
      case "RepeatStatement":
        this.list([node.condition]);
        this.block(node.body);
        return;
      case "DoStatement":
        this.block(node.body);
        return;
      case "AssignmentStatement":
        this.list([...node.variables, ...node.init]);
        return;
      case "ReturnStatement":
        this.list(node.arguments);
        return;
      case "CallStatement":
        this.list([node.expression]);
        return;
      default:
        return;
    }
  }

  private inner(node: luaparse.FunctionDeclaration): void {
    const inner = new Measured(node.loc?.start.line, this, this.all);
    const names = node.parameters.map((param) => (param.type === "Identifier" ? param.name : "arg"));
    inner.block(node.body, names);
  }

  /** Values that stand side by side until all of them are there. */
  private list(nodes: readonly luaparse.Expression[]): void {
    this.places = Math.max(this.places, this.names.length + nodes.length);
    for (const node of nodes) {
      this.deeper(() => {
        this.expression(node);
      });
    }
  }

  private expression(node: luaparse.Expression): void {
    switch (node.type) {
      case "Identifier":
        this.use(node.name);
        return;
      case "FunctionDeclaration":
        this.inner(node);
        return;
      case "BinaryExpression":
      case "LogicalExpression":
        this.expression(node.left);
        this.list([node.right]);
        return;
      case "UnaryExpression":
        this.list([node.argument]);
        return;
      case "CallExpression":
        this.expression(node.base);
        this.list(node.arguments);
        return;
      case "StringCallExpression":
        this.expression(node.base);
        return;
      case "TableCallExpression":
        this.expression(node.base);
        this.expression(node.arguments);
        return;
      case "MemberExpression":
        this.expression(node.base);
        return;
      case "IndexExpression":
        this.expression(node.base);
        this.list([node.index]);
        return;
      case "TableConstructorExpression":
        for (const field of node.fields) {
          if (field.type === "TableKey") this.list([field.key]);
          this.list([field.value]);
        }
        return;
      default:
        return;
    }
  }

  /** A name of an outer function is an upvalue here, and in each function between. */
  private use(name: string): boolean {
    if (this.names.includes(name)) return true;
    const known = this.outer?.use(name) ?? false;
    if (known) this.upvalues.add(name);
    return known;
  }
}

/** A loop keeps three values of its own. */
const HIDDEN = ["(limit)", "(state)", "(step)"];
