/**
 * The model: a plain JSON description of a `lua/` folder. Parsing fills it, checks and emitters
 * read it, and it is written out as `generated/model.json`, so that others can build on it.
 */

/** A position in a source file; lines and columns count from 1. */
export interface Position {
  /** Path below the `lua/` folder, with forward slashes: `stock/set_level.lua`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Which characters a text may hold. `key`: no control characters and no braces. `upper`: A to Z.
 * `any`: all. `bytes`: no text, but raw bytes.
 */
export type Charset = "key" | "upper" | "digits" | "any" | "bytes";

/** A named type of `types.lua`. */
export type TypeModel =
  | {
      readonly kind: "integer";
      readonly name: string;
      readonly purpose: string;
      readonly unit?: string;
      readonly min: number;
      readonly max: number;
      readonly generated: boolean;
      readonly position: Position;
    }
  | {
      readonly kind: "text";
      readonly name: string;
      readonly purpose: string;
      readonly minBytes: number;
      readonly maxBytes: number;
      readonly charset: Charset;
      readonly generated: boolean;
      readonly position: Position;
    }
  | { readonly kind: "flag"; readonly name: string; readonly purpose: string; readonly position: Position }
  | {
      readonly kind: "choice";
      readonly name: string;
      readonly purpose: string;
      readonly values: readonly string[];
      readonly position: Position;
    }
  | {
      readonly kind: "record";
      readonly name: string;
      readonly purpose: string;
      readonly fields: readonly FieldModel[];
      readonly position: Position;
    };

/** One field of a record; always of a named type that is no record. */
export interface FieldModel {
  readonly name: string;
  readonly type: string;
  readonly note: string;
}

/**
 * What an argument or a reply field is: a named type, choices written on the spot, or a list of a
 * named type.
 */
export type TypeRef =
  | { readonly kind: "named"; readonly name: string }
  | { readonly kind: "choice"; readonly values: readonly string[] }
  | {
      readonly kind: "list";
      readonly element: string;
      /** The script returns the fields of all rows in one list, as a reply has them. */
      readonly flat?: true;
      /** The bound that the contract declares: `at most 250`. Absent: MAX_ELEMENTS. */
      readonly max?: number;
    };

/** One key pattern of `keyspace.lua`. */
export interface KeyModel {
  /** `stock`; a script names it as `key.stock`. */
  readonly name: string;
  readonly purpose: string;
  /** `<namespace>:{<tenant>:<product>}:stock` */
  readonly pattern: string;
  /** The pattern's fields in order, `namespace` and `tenant` first among them; each once. */
  readonly fields: readonly string[];
  /** What stands between the braces, with its fields: `<tenant>:<product>`. */
  readonly hashTag: string;
  /**
   * The hash tag in whose slot the key is, if its own tag only names that slot:
   * `<tenant>:<product>` for `{<slot of tenant, product>}`.
   */
  readonly slotOf?: string;
  readonly holds: "string" | "hash" | "list" | "set" | "zset" | "stream";
  readonly ttl: string;
  readonly owner: string;
  /** Redis may not evict it: what is promised rests on it. Absent: it may. */
  readonly evict?: "never";
  /** What the error CORRUPT of its scripts may name, and how a DBA repairs it. */
  readonly corrupt?: readonly CorruptModel[];
  /** The form of what is stored, if it is not the first one. */
  readonly form?: { readonly number: number; readonly note: string };
  readonly position: Position;
}

/** How to repair one kind of corrupt data of a key: `@corrupt total: look …; repair …; delete …`. */
export interface CorruptModel {
  /** As the error names it: `total`. */
  readonly what: string;
  /** A command that shows the data: `HGETALL {stock}`. Several have ` and ` between them. */
  readonly look: string;
  /** Commands and words, with commas between them. */
  readonly repair: string;
  /** The keys that only make sense together; none if a deletion would lose what the others need. */
  readonly remove: readonly string[];
  readonly position: Position;
}

/** A parameter of a script that is a key. */
export interface KeyParam {
  readonly param: string;
  readonly key: string;
  readonly access: "read" | "write";
  readonly note: string;
  readonly position: Position;
}

/** A parameter of a script that is a value. */
export interface ArgParam {
  readonly name: string;
  readonly type: TypeRef;
  readonly optional: boolean;
  readonly note: string;
  readonly position: Position;
}

/** One return value of a script. */
export interface ReplyField {
  readonly name: string;
  readonly type: TypeRef;
  /** The outcomes that carry it; absent: all of them. */
  readonly when?: readonly string[];
  /** It may be absent even then. */
  readonly sometimes: boolean;
  readonly note: string;
  readonly position: Position;
}

/** One `@example`: what is stored before, the call, and what must come of it. */
export interface ExampleModel {
  readonly title: string;
  /** Redis commands with `{key}`, `{now}`, `{now+ms}` and `{now-ms}` in them. */
  readonly given: readonly string[];
  /** `name=value` words. */
  readonly call: string;
  /**
   * `name=value` words; `*` stands for any value that stays the same when sent again, `~` for any
   * value.
   */
  readonly reply?: string;
  /** The reply to the same call sent again; absent: the same reply. */
  readonly again?: string;
  /** How the error's text begins, instead of a reply. */
  readonly error?: string;
  /** Redis commands and what they must answer afterwards: `HGET {stock} total = 5`. */
  readonly then: readonly string[];
  readonly position: Position;
}

/** A command that a script runs. */
export interface CommandUse {
  /** In capitals: `HSET`; with a subcommand `SCRIPT LOAD`. */
  readonly name: string;
  /** The key parameters that it may touch. */
  readonly keys: readonly string[];
  /**
   * It may touch a key that is no parameter; a waiver says why. Absent: all of its keys are
   * parameters.
   */
  readonly undeclared?: true;
  /**
   * The key parameters whose names are the channels that it publishes on; absent: it does not
   * publish.
   */
  readonly channels?: readonly string[];
  readonly writes: boolean;
  readonly position: Position;
}

/** A declared limit of a loop, an `unpack` or a module's list: `-- at most 100 warehouses`. */
export interface LoopLimit {
  readonly max: number;
  /** The analysis proves it; else only the comment says so. */
  readonly proved: boolean;
  readonly what: string;
  readonly position: Position;
}

/**
 * A check that a comment silences: `-- moonpath-allow keys/undeclared: the key is the caller's
 * own`.
 */
export interface WaiverModel {
  readonly rule: string;
  readonly reason: string;
  /** The line of code that it is about; in the same file. */
  readonly covers: number;
  /** Where the comment stands: in the script's own file, or in one of its modules. */
  readonly position: Position;
}

/** One script. */
export interface ScriptModel {
  /** `stock.set_level`; an older major that is kept beside the new one is `stock.apply_v1`. */
  readonly name: string;
  readonly domain: string;
  readonly operation: string;
  /** `stock/set_level.lua` */
  readonly file: string;
  readonly version: string;
  /** The first sentence of the documentation. */
  readonly purpose: string;
  /** The rest of it; may be empty. */
  readonly description: string;
  readonly keys: readonly KeyParam[];
  readonly args: readonly ArgParam[];
  readonly replies: readonly ReplyField[];
  readonly cost: string;
  /** `within`: the argument that says for how long a second run is safe. */
  readonly resend: { readonly mode: "safe" | "never"; readonly why: string; readonly within?: string };
  /**
   * Why it runs even when memory is full, though its commands need some; absent: the commands
   * decide.
   */
  readonly oom?: string;
  /** `worker`: only background workers call it; absent: services call it too. */
  readonly role?: "worker";
  /** The most calls that one run of its many form makes; absent: it has no such form. */
  readonly many?: number;
  readonly examples: readonly ExampleModel[];
  readonly commands: readonly CommandUse[];
  readonly limits: readonly LoopLimit[];
  /** What its error CORRUPT may name; absent: it raises none. */
  readonly corrupt?: readonly string[];
  /** What is not proved of it, and why its author lets it pass. */
  readonly waivers: readonly WaiverModel[];
  /** Shebang flags, derived from the commands, and from `oom`. */
  readonly flags: readonly string[];
  /** Files of `lib/` that it needs. A module comes before those that need it. */
  readonly modules: readonly string[];
  readonly position: Position;
}

/** A whole `lua/` folder. */
export interface Model {
  readonly types: readonly TypeModel[];
  readonly keys: readonly KeyModel[];
  readonly scripts: readonly ScriptModel[];
}
