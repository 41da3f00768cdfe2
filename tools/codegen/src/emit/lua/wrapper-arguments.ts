import type { ArgParam, Model, ScriptModel, TypeModel, TypeRef } from "../../model/model.js";
import { choicesIn, maxElements, typeNamed } from "../../model/resolve.js";
import { counted } from "../../naming.js";
import { digitsLocal } from "./redis-numbers.js";

type Types = Pick<Model, "types">;
type Contract = Pick<ScriptModel, "name" | "keys" | "args">;

/** Where a form of a script finds the keys and the arguments of its call. */
export interface Places {
  /** The expression for the key at this position of the call, from 1. */
  key(position: number): string;
  /** The expression for the argument at this position of the call, an expression too. */
  argument(position: string): string;
  /** The number of the call's elements of ARGV. */
  readonly size: string;
  /** The condition by which KEYS and ARGV cannot be those of a call; undefined if that is known before. */
  misfit(keys: number, args: number, hasLists: boolean): string | undefined;
}

/** All of KEYS and ARGV belong to one call. */
export const SINGLE: Places = {
  key: (position) => `KEYS[${position}]`,
  argument: (position) => `ARGV[${position}]`,
  size: "#ARGV",
  misfit: (keys, args, hasLists) => `#KEYS ~= ${keys} or #ARGV ${hasLists ? "<" : "~="} ${args}`,
};

/**
 * The statements that count KEYS and ARGV and make `arg_<name>` of each argument, and
 * `arg_<name>_digits` of those whose digits the script hands on.
 */
export function argumentLines(
  model: Types,
  script: Contract,
  digits: readonly string[],
  places: Places = SINGLE,
): string[] {
  const lists = script.args.filter(({ type }) => type.kind === "list").length;
  const misfit = places.misfit(script.keys.length, script.args.length, lists > 0);
  const lines =
    misfit === undefined
      ? []
      : [
          `if ${misfit} then`,
          `return { err = "ARGUMENT ${script.name} expected ${callSize(script)}" }`,
          "end",
        ];
  const cursor = new Cursor(script, lists, places);
  for (const arg of script.args) {
    if (digits.includes(arg.name)) lines.push(...readDigits(model, script, arg, cursor.scalar()));
    else lines.push(...readArgument(model, script, arg, cursor));
  }
  return lines;
}

/** What one call has, in words: `1 key and at least 2 arguments`. */
export function callSize({ keys, args }: Contract): string {
  const hasLists = args.some(({ type }) => type.kind === "list");
  return `${counted(keys.length, "key")} and ${hasLists ? "at least " : ""}${counted(args.length, "argument")}`;
}

/**
 * Where the next argument is in ARGV: at a fixed position, or behind `wrapper_position`, the last
 * element of the list before it.
 */
class Cursor {
  #position = 0;
  #isBehindList = false;
  #listsLeft: number;
  #scalarsLeft: number;

  constructor(
    private readonly script: Contract,
    lists: number,
    private readonly places: Places,
  ) {
    this.#listsLeft = lists;
    this.#scalarsLeft = script.args.length - lists;
  }

  /** The element of ARGV that holds the next argument that is no list. */
  scalar(): string {
    this.#position += 1;
    this.#scalarsLeft -= 1;
    return this.places.argument(this.#at(this.#position));
  }

  /**
   * The statements that read a list. `element` returns those for one element, which has `width`
   * elements of ARGV; its argument tells where they are.
   */
  list(
    name: string,
    max: number,
    width: number,
    element: (text: (offset: number) => string) => readonly string[],
  ): string[] {
    const { script, places } = this;
    const isFirst = !this.#isBehindList;
    this.#position += 1;
    this.#listsLeft -= 1;
    const left = this.#listsLeft + this.#scalarsLeft;
    const count = this.#at(this.#position);
    const size = width === 1 ? "wrapper_count" : `${width} * wrapper_count`;
    const text = (offset: number) => {
      const start = this.#at(this.#position + 1 + offset - width);
      return places.argument(
        `${start === "0" ? "" : `${start} + `}${width === 1 ? "index" : `${width} * index`}`,
      );
    };
    const lines = [
      ...(isFirst && left > 0 ? ["local wrapper_position"] : []),
      `local arg_${name} = {}`,
      "do",
      ...integer(script, name, "wrapper_count", places.argument(count), 0, max),
      `if ${places.size} ${this.#listsLeft > 0 ? "<" : "~="} ${this.#at(this.#position + left)} + ${size} then`,
      `return { err = "ARGUMENT ${script.name} expected as many arguments as its lists say" }`,
      "end",
      "for index = 1, wrapper_count do",
      ...element(text),
      "end",
      ...(left > 0 ? [`wrapper_position = ${count} + ${size}`] : []),
      "end",
    ];
    this.#isBehindList = true;
    this.#position = 0;
    return lines;
  }

  #at(position: number): string {
    if (!this.#isBehindList) return String(position);
    if (position === 0) return "wrapper_position";
    return `wrapper_position ${position < 0 ? "-" : "+"} ${Math.abs(position)}`;
  }
}

function readArgument(model: Types, script: Contract, arg: ArgParam, cursor: Cursor): string[] {
  const local = `arg_${arg.name}`;
  if (arg.type.kind === "list") {
    const type = typeNamed(model, arg.type.element);
    const parts =
      type.kind === "record"
        ? type.fields.map((field) => ({
            name: `${arg.name}.${field.name}`,
            local: `field_${field.name}`,
            type: field.type,
          }))
        : [{ name: arg.name, local: "element", type: arg.type.element }];
    return cursor.list(arg.name, maxElements(arg.type), parts.length, (at) => [
      ...parts.flatMap((part, offset) =>
        readScalar(model, script, part.name, { kind: "named", name: part.type }, part.local, at(offset)),
      ),
      type.kind === "record"
        ? `${local}[index] = { ${type.fields.map((field) => `${field.name} = field_${field.name}`).join(", ")} }`
        : `${local}[index] = element`,
    ]);
  }
  const text = cursor.scalar();
  const [read = "", ...checks] = readScalar(model, script, arg.name, arg.type, local, text);
  if (!arg.optional) return [read, ...checks];
  if (read.startsWith(`local ${local} = tonumber(`)) return [read, `if ${text} ~= "" then`, ...checks, "end"];
  return [read, `if ${local} == "" then`, `${local} = nil`, "else", ...checks, "end"];
}

/** Statements that make a local of an element of ARGV. The first is `local <name> = <element>`. */
function readScalar(
  model: Types,
  script: Contract,
  name: string,
  type: TypeRef,
  local: string,
  text: string,
): string[] {
  const choices = choicesIn(model, type);
  if (choices !== undefined) {
    const isNone = choices.map((choice) => `${local} ~= "${choice}"`).join(" and ");
    return [`local ${local} = ${text}`, ...refuseIf(script, name, isNone, "one of its choices")];
  }
  if (type.kind !== "named") throw new Error(`${name} is a list inside a list`);
  return scalar(script, name, typeNamed(model, type.name), local, text);
}

/** Per charset: a Lua pattern of what it forbids, and the words for it. */
const FORBIDDEN = {
  key: { pattern: "[%c{}]", expected: "no control characters and no braces" },
  upper: { pattern: "[^A-Z]", expected: "letters A to Z" },
  digits: { pattern: "[^0-9]", expected: "digits 0 to 9" },
  any: undefined,
  bytes: undefined,
} as const;

function scalar(script: Contract, name: string, type: TypeModel, local: string, text: string): string[] {
  switch (type.kind) {
    case "integer":
      return integer(script, name, local, text, type.min, type.max);
    case "text": {
      const { minBytes, maxBytes } = type;
      const forbidden = FORBIDDEN[type.charset];
      const size =
        minBytes === 0 ? "" : minBytes === 1 ? `${local} == "" or ` : `#${local} < ${minBytes} or `;
      return [
        `local ${local} = ${text}`,
        ...refuseIf(script, name, `${size}#${local} > ${maxBytes}`, `${minBytes} to ${maxBytes} bytes`),
        ...(forbidden === undefined
          ? []
          : refuseIf(script, name, `string.find(${local}, "${forbidden.pattern}")`, forbidden.expected)),
      ];
    }
    case "flag":
      return [
        `local ${local} = ${text}`,
        ...refuseIf(script, name, `${local} ~= "1" and ${local} ~= "0"`, "1 or 0"),
        `${local} = ${local} == "1"`,
      ];
    case "choice":
    case "record":
      throw new Error(`${name}: ${type.kind} is no scalar`);
  }
}

/**
 * An integer argument and its text. The script hands the text on as it came, and `tonumber` alone also
 * accepts "1e3", "0x10" and " 5". So the digits are checked first.
 */
function readDigits(model: Types, script: Contract, { name, type }: ArgParam, text: string): string[] {
  const integerType = type.kind === "named" ? typeNamed(model, type.name) : undefined;
  if (integerType?.kind !== "integer") throw new Error(`${name} is no integer`);
  const { min, max } = integerType;
  const [local, digits] = [`arg_${name}`, `arg_${digitsLocal(name)}`];
  const form = `string.find(${digits}, "^${min < 0 ? "-?" : ""}[1-9]%d*$")`;
  const isNumber = min <= 0 && max >= 0 ? `(${digits} == "0" or ${form})` : form;
  const isBelow = min === 0 || min === 1 ? "" : `${local} < ${min} or `;
  return [
    `local ${digits} = ${text}`,
    `local ${local} = ${isNumber} and tonumber(${digits})`,
    ...refuseIf(script, name, `not ${local} or ${isBelow}${local} > ${max}`, range(min, max)),
  ];
}

/**
 * An integer argument that the script uses as a number. `tonumber` also accepts "1e3", which is the
 * same number. NaN is no whole number by the last test.
 */
function integer(
  script: Contract,
  name: string,
  local: string,
  text: string,
  min: number,
  max: number,
): string[] {
  const isWrong = `not ${local} or ${local} < ${min} or ${local} > ${max} or ${local} % 1 ~= 0`;
  return [`local ${local} = tonumber(${text})`, ...refuseIf(script, name, isWrong, range(min, max))];
}

function range(min: number, max: number): string {
  return `a whole number from ${min} to ${max}`;
}

function refuseIf({ name: script }: Contract, name: string, condition: string, expected: string): string[] {
  return [
    `if ${condition} then`,
    `return { err = "ARGUMENT ${script} ${name}: expected ${expected}" }`,
    "end",
  ];
}
