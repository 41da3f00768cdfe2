import type { CommandTable } from "../commands/table.js";
import type { CommandUse, LoopLimit, TypeModel } from "../model/model.js";
import type { Recorder, ReturnVisit } from "./interpreter/recorder.js";
import type { Range, Source } from "./syntax/syntax.js";

/** What a parameter of a script is, as its contract says. */
export type ParamKind =
  | { readonly kind: "key"; readonly key: string }
  | {
      readonly kind: "integer";
      readonly min: number;
      readonly max: number;
      readonly optional?: boolean;
    }
  | { readonly kind: "text"; readonly optional?: boolean }
  | { readonly kind: "flag"; readonly optional?: boolean }
  | { readonly kind: "choice"; readonly values: readonly string[]; readonly optional?: boolean }
  | {
      readonly kind: "list";
      readonly element: TypeModel;
      /** How many elements the generated wrapper lets it have. */
      readonly max: number;
      readonly optional?: boolean;
    };

/** A script to analyse, with all that it is built of. */
export interface AnalysisInput {
  readonly source: Source;
  /** By the parameters' names. */
  readonly params: ReadonlyMap<string, ParamKind>;
  /** Modules by the names under which they are required: `lib.now_ms`. */
  readonly modules: ReadonlyMap<string, Source>;
  /** Named types, for the fields of records in lists. */
  readonly types: readonly TypeModel[];
  readonly commands: CommandTable;
}

/** What a script does, by its syntax alone. */
export interface Facts {
  /** In the order in which a run first comes to them. */
  readonly commands: readonly CommandUse[];
  /** The declared limits of its loops, those of modules included. */
  readonly limits: readonly LoopLimit[];
  /** Every return that a run may come to, with what each value may be. */
  readonly returns: readonly ReturnVisit[];
  /** Parameters that it reads. */
  readonly usedParams: ReadonlySet<string>;
  /** Files of modules. A module comes before those that need it. */
  readonly modules: readonly string[];
  readonly writes: boolean;
  /**
   * Shebang flags: `no-writes` where nothing writes, else `allow-oom` where no command needs
   * memory, else none.
   */
  readonly flags: readonly string[];
  /** Everything else that the checks ask for. */
  readonly recorder: Recorder;
  /** Where the script's function is declared, or its file begins. */
  readonly range: Range;
  /** False: the file does not end by returning its one function, and nothing was analysed. */
  readonly complete: boolean;
  /** Why it could not be followed to its end. */
  readonly limitReached?: string;
}
