import type { Command, KeySpec } from "../../commands/table.js";
import type { LoopLimit } from "../../model/model.js";
import type { Interval } from "../domain/interval.js";
import type { AbstractState, FirstWrite } from "../domain/state.js";
import { type AbstractValue, isBottom } from "../domain/value.js";
import type { Range } from "../syntax/syntax.js";

/** A value in the position of a command's key. */
export interface KeyTouch {
  readonly range: Range;
  readonly value: AbstractValue;
  readonly spec: KeySpec;
}

/** A command, as one run came to it. */
export interface CommandVisit {
  /** In the file of the code: the script's or a module's. */
  readonly range: Range;
  readonly name: string;
  /** Undefined: the table has no such command. */
  readonly command: Command | undefined;
  /** How many words it has, its name included; with `open`, at least that many. */
  readonly words: number;
  readonly open: boolean;
  readonly keys: readonly KeyTouch[];
  /** Where it publishes, if it does. */
  readonly channel: { readonly range: Range; readonly value: AbstractValue } | undefined;
  /** Why its keys cannot be told, if so. */
  readonly unclearReason: string | undefined;
  /** Arguments that Redis would refuse: nil, flags, tables. */
  readonly invalidArguments: readonly { readonly range: Range; readonly what: string }[];
}

/** Whether a command may touch a key that is no key parameter. */
export function touchesUndeclared({ keys, unclearReason }: CommandVisit): boolean {
  return unclearReason !== undefined || keys.some(({ value }) => !isBottom({ ...value, keys: new Set() }));
}

/** Something that can stop the script after it has written. */
export interface LateFailure {
  readonly range: Range;
  readonly why: "error" | "type" | "content" | "operand" | "argument";
  /** `error()`, or the command. */
  readonly what: string;
  /** For `type`: the key parameters whose type is not proved. */
  readonly keys: readonly string[];
  readonly first: FirstWrite;
}

/** A command on a key that an earlier command of the same run may have emptied. */
export interface LateTouch {
  readonly range: Range;
  readonly command: string;
  /** The key parameter. */
  readonly key: string;
  readonly emptiedBy: FirstWrite;
}

/** A return of the script, as one run came to it; the state holds the tables that it returns. */
export interface ReturnVisit {
  readonly range: Range;
  readonly values: readonly AbstractValue[];
  readonly state: AbstractState;
  /** The script's end was reached without a return. */
  readonly fallsThrough: boolean;
}

/** What a comment declares, and where. */
export type DeclaredAt = Omit<LoopLimit, "proved">;

export interface UnpackVisit {
  readonly range: Range;
  readonly limit: DeclaredAt | undefined;
  /** How many values it gives at most, its comment counted in. */
  readonly max: number;
  /** The same without its comment. */
  readonly proven: number;
}

export interface TextVisit {
  readonly range: Range;
  /**
   * What makes it: `string.rep`, `string.gsub`, `table.concat`; empty for one that holds itself
   * twice.
   */
  readonly by: string;
  readonly doubles: boolean;
  /** How many bytes it has at most; infinite where that is not known. */
  readonly max: number;
}

export interface LoopVisit {
  readonly range: Range;
  readonly limit: DeclaredAt | undefined;
  /** Its step may be zero. */
  readonly stepMayBeZero: boolean;
  /** No run that comes to it leaves it. */
  readonly neverEnds: boolean;
  /** How often it runs at least, where that is known. */
  readonly min: number;
  /**
   * How often it runs at most, each time that a run comes to it; infinite where nothing proves a
   * limit.
   */
  readonly max: number;
  /** How often it may run altogether, within the loops around it. */
  readonly iterations: number;
}

/** A number that is put into text in Lua's own way. */
export interface NumberInText {
  readonly range: Range;
  readonly number: Interval;
  /** `..`, `tostring`, `string.format("%s")`, `table.concat` */
  readonly by: string;
}

export interface NamedRange {
  readonly range: Range;
  readonly name: string;
}

/**
 * An answer of redis.pcall or pcall, and whether its `err`, or whether it went well, is ever looked
 * at.
 */
export interface PcallResult {
  readonly range: Range;
  /** `redis.pcall`, `pcall` */
  readonly by: string;
  inspected: boolean;
}

/** The facts that the analysis finds, in order. A point that runs twice counts once. */
export class Recorder {
  readonly commands = new Map<string, CommandVisit>();
  readonly dynamic = new Map<string, NamedRange>();
  readonly failures = new Map<string, LateFailure>();
  readonly touches = new Map<string, LateTouch>();
  readonly returns: ReturnVisit[] = [];
  readonly loops = new Map<string, LoopVisit>();
  readonly unpacks = new Map<string, UnpackVisit>();
  /** Texts that string.rep makes, or that hold themselves twice in each round of a loop. */
  readonly texts = new Map<string, TextVisit>();
  /**
   * How much work the patterns of string.find and its like may make; infinite where that is not
   * known.
   */
  readonly patterns = new Map<
    string,
    { readonly range: Range; readonly by: string; readonly work: number }
  >();
  /** Lengths of lists that a module's `@param` claims, and that its call does not prove. */
  readonly assumed = new Map<string, DeclaredAt>();
  /** How often the analysis came to error() or assert(). */
  errorCalls = 0;
  readonly numbersInText = new Map<string, NumberInText>();
  readonly recursions = new Map<string, NamedRange>();
  /** Calls of what may be no function of the sources. */
  readonly unknownCalls = new Map<string, { readonly range: Range }>();
  readonly globals = new Map<string, NamedRange & { readonly written: boolean }>();
  /** Functions of `redis` other than call and pcall. */
  readonly api = new Map<string, NamedRange>();
  readonly pcallResults = new Map<string, PcallResult>();
  /** Requires that cannot be followed. */
  readonly requires = new Map<
    string,
    NamedRange & { readonly why: "unknown" | "circle" | "form" | "place" }
  >();
  readonly usedParams = new Set<string>();
  /** Files of modules. A module comes before those that need it. */
  readonly modules = new Set<string>();
}

/** Notes that something looks at a value, which may be the answer of a pcall. */
export function markInspected({ pcallResults }: Recorder, value: AbstractValue): void {
  for (const key of value.callPcall) {
    const answer = pcallResults.get(key);
    if (answer !== undefined) answer.inspected = true;
  }
}

/** An id of a range, so that it is recorded once. */
export function rangeKey(range: Range, ...more: readonly string[]): string {
  return [range.start.file, range.start.line, range.start.column, ...more].join("|");
}
