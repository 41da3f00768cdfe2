import type {
  ArgParam,
  ExampleModel,
  KeyModel,
  KeyParam,
  ReplyField,
  TypeModel,
  TypeRef,
} from "../model/model.js";
import { purposeOf, type Tag } from "./doc.js";
import { readExample } from "./example.js";
import type { Module } from "./module.js";
import type { Problems } from "./problem.js";
import { readChoices, unknownTag } from "./types.js";

/** What a script's annotations promise. */
export interface Contract {
  readonly purpose: string;
  readonly description: string;
  readonly version: string;
  readonly keys: readonly KeyParam[];
  readonly args: readonly ArgParam[];
  readonly replies: readonly ReplyField[];
  readonly cost: string;
  readonly resend: { readonly mode: "safe" | "never"; readonly why: string };
  readonly examples: readonly ExampleModel[];
}

/** What the names in a contract may refer to. */
export interface Vocabulary {
  readonly types: readonly TypeModel[];
  readonly keys: readonly KeyModel[];
}

const TAGS = ["version", "param", "return", "cost", "resend", "example"];

/** Reads a script's contract from the documentation above its function. */
export function readContract(
  module: Module,
  vocabulary: Vocabulary,
  problems: Problems,
): Contract | undefined {
  const { doc, place, name } = module;
  if (doc === undefined) {
    problems.at(
      place,
      5,
      "contract/missing",
      `the function ${name} has no contract`,
      "document it in --- lines directly above, from its purpose to its examples",
    );
    return undefined;
  }
  for (const tag of doc.tags) {
    if (!TAGS.includes(tag.name)) unknownTag(tag, TAGS, problems);
  }
  const { purpose, description } = purposeOf(doc);
  if (purpose === "")
    problems.at(
      doc.place,
      3,
      "contract/purpose",
      "the contract does not say what the script does",
      "begin with a sentence that a DBA understands",
    );
  const only = (tag: string, example: string): Tag | undefined => {
    const found = doc.tags.filter((other) => other.name === tag);
    const [first, second] = found;
    if (second !== undefined)
      problems.atTag(second, "contract/twice", `@${tag} stands here twice`, "keep one");
    if (first === undefined)
      problems.at(
        doc.place,
        3,
        `contract/${tag}`,
        `the contract has no @${tag}`,
        `add: ---@${tag} ${example}`,
      );
    return first;
  };
  const version = only("version", "1.0.0");
  const cost = only("cost", "O(1)");
  const resend = only("resend", "safe why a second run changes nothing");
  if (version !== undefined && !/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.test(version.text)) {
    problems.atText(
      version,
      version.text,
      "contract/version",
      "a version is three numbers",
      "write it as 1.0.0",
    );
  }
  if (cost !== undefined && !/^O\(.+\)/.test(cost.text))
    problems.atText(
      cost,
      cost.text,
      "contract/cost",
      "a cost is written as O(...)",
      "write it as: @cost O(log N), N the tracked items",
    );
  const { keys, args } = readParams(
    module,
    doc.tags.filter((tag) => tag.name === "param"),
    vocabulary,
    problems,
  );
  const replies = readReturns(
    doc.tags.filter((tag) => tag.name === "return"),
    vocabulary,
    problems,
  );
  if (replies.length === 0)
    problems.at(
      doc.place,
      3,
      "contract/return",
      "the contract does not say what the script returns",
      'add: ---@return "done"|"refused" outcome',
    );
  const examples = doc.tags
    .filter((tag) => tag.name === "example")
    .flatMap((tag) => readExample(tag, problems) ?? []);
  if (examples.length < 3) {
    problems.at(
      doc.place,
      3,
      "contract/examples",
      `the contract has ${examples.length} of at least 3 examples`,
      "show the usual case, a bad or corrupt input, and a repeat",
    );
  }
  return {
    purpose,
    description,
    version: version?.text ?? "0.0.0",
    keys,
    args,
    replies,
    cost: cost?.text ?? "",
    resend: readResend(resend, problems),
    examples,
  };
}

function readResend(tag: Tag | undefined, problems: Problems): Contract["resend"] {
  const [, mode, why = ""] = /^(safe|never)\s+(.+)$/.exec(tag?.text ?? "") ?? [];
  if (mode === "safe" || mode === "never") return { mode, why };
  if (tag !== undefined)
    problems.atText(
      tag,
      tag.text,
      "contract/resend",
      "@resend says safe or never, and why",
      "write it as: @resend safe the sequence makes a second run change nothing",
    );
  return { mode: "never", why };
}

function readParams(
  module: Module,
  tags: readonly Tag[],
  vocabulary: Vocabulary,
  problems: Problems,
): { keys: KeyParam[]; args: ArgParam[] } {
  const keys: KeyParam[] = [];
  const args: ArgParam[] = [];
  const told = tags.map((tag) => tag.text.split(/\s+/)[0] ?? "");
  tags.forEach((tag, index) => {
    const [, name = "", type = "", rest = ""] = /^(\S+)\s+(\S+)\s*(.*)$/.exec(tag.text) ?? [];
    if (name === "") {
      problems.atText(
        tag,
        tag.text,
        "contract/param",
        "a parameter has a name and a type",
        "write it as: @param quantity units on hand now",
      );
      return;
    }
    const expected = module.params[index]?.name;
    if (name !== expected) {
      const mend =
        expected === undefined
          ? "remove this line, or add the parameter to the function"
          : `document ${expected} here: the order is the function's`;
      problems.atText(
        tag,
        name,
        "contract/param-order",
        `the function's parameter ${index + 1} is ${expected ?? "not there"}, not ${name}`,
        mend,
      );
      return;
    }
    const keyName = /^key\.(.+)$/.exec(type)?.[1];
    if (keyName !== undefined) {
      const [, access = "", note = ""] = /^(\S+)\s*(.*)$/.exec(rest) ?? [];
      if (!vocabulary.keys.some((key) => key.name === keyName)) {
        problems.atText(
          tag,
          type,
          "keyspace/unknown",
          `the keyspace has no key.${keyName}`,
          "declare it in keyspace.lua, or name one that stands there",
        );
      }
      if (access !== "read" && access !== "write") {
        problems.atText(
          tag,
          access === "" ? type : access,
          "contract/access",
          "a key says whether the script may write it",
          `write it as: @param ${name} ${type} write`,
        );
        return;
      }
      if (args.length > 0)
        problems.atText(
          tag,
          name,
          "contract/keys-first",
          "keys stand before the other parameters",
          "move it up, in the function too",
        );
      keys.push({ param: name, key: keyName, access, note, place: tag.textPlace });
      return;
    }
    const read = readTypeRef(tag, type, vocabulary, problems);
    if (read !== undefined)
      args.push({ name, type: read.type, optional: read.optional, note: rest, place: tag.textPlace });
  });
  module.params.slice(tags.length).forEach((param) => {
    if (!told.includes(param.name))
      problems.at(
        param.place,
        param.name.length,
        "contract/param-missing",
        `the contract says nothing of ${param.name}`,
        `add: ---@param ${param.name} <type>`,
      );
  });
  return { keys, args };
}

function readReturns(tags: readonly Tag[], vocabulary: Vocabulary, problems: Problems): ReplyField[] {
  const replies: ReplyField[] = [];
  for (const tag of tags) {
    const [, type = "", name = "", rest = ""] = /^(\S+)\s+([a-z][a-z0-9_]*)\s*(.*)$/.exec(tag.text) ?? [];
    if (name === "") {
      problems.atText(
        tag,
        tag.text,
        "contract/return",
        "a return value has a type and a name",
        "write it as: @return units total over all warehouses",
      );
      continue;
    }
    const read = readTypeRef(tag, type, vocabulary, problems);
    if (read === undefined) continue;
    const [, sometimes, outcomes, note = ""] =
      /^(?:(sometimes)\s+)?(?:when\s+([a-z0-9_|]+):?\s*)?(.*)$/.exec(rest) ?? [];
    if (replies.some((other) => other.name === name))
      problems.atText(
        tag,
        name,
        "contract/twice",
        `two return values are named ${name}`,
        "give each its own name",
      );
    const field: ReplyField = {
      name,
      type: read.type,
      ...(outcomes === undefined ? {} : { when: outcomes.split("|") }),
      sometimes: sometimes !== undefined || (read.optional && outcomes === undefined),
      note,
      place: tag.textPlace,
    };
    checkWhen(tag, field, read.optional, replies[0], vocabulary, problems);
    replies.push(field);
  }
  return replies;
}

function checkWhen(
  tag: Tag,
  field: ReplyField,
  optional: boolean,
  first: ReplyField | undefined,
  vocabulary: Vocabulary,
  problems: Problems,
): void {
  if (field.when === undefined) return;
  const outcomes = first === undefined ? undefined : choicesOf(first.type, vocabulary);
  if (first?.name !== "outcome" || outcomes === undefined) {
    problems.atText(
      tag,
      "when",
      "contract/when",
      "`when` speaks of outcomes, and the first return value is none",
      'begin with: @return "done"|"refused" outcome',
    );
    return;
  }
  for (const outcome of field.when) {
    if (!outcomes.includes(outcome))
      problems.atText(
        tag,
        outcome,
        "contract/when",
        `there is no outcome ${outcome}`,
        `use ${outcomes.join(", ")}`,
      );
  }
  if (!optional)
    problems.atText(
      tag,
      tag.text.split(/\s+/)[0] ?? "",
      "contract/when",
      `${field.name} is absent with other outcomes, so its type must allow that`,
      "put a ? behind the type",
    );
}

/** The values of a choice, written on the spot or named. */
export function choicesOf(type: TypeRef, vocabulary: Vocabulary): readonly string[] | undefined {
  if (type.kind === "choice") return type.values;
  if (type.kind === "list") return undefined;
  const named = vocabulary.types.find((other) => other.name === type.name);
  return named?.kind === "choice" ? named.values : undefined;
}

function readTypeRef(
  tag: Tag,
  text: string,
  vocabulary: Vocabulary,
  problems: Problems,
): { type: TypeRef; optional: boolean } | undefined {
  const optional = text.endsWith("?");
  const bare = optional ? text.slice(0, -1) : text;
  const values = readChoices(bare);
  if (values !== undefined) return { type: { kind: "choice", values }, optional };
  const element = bare.endsWith("[]") ? bare.slice(0, -2) : undefined;
  const name = element ?? bare;
  const known = vocabulary.types.find((other) => other.name === name);
  if (known === undefined) {
    problems.atText(
      tag,
      text,
      "contract/unknown-type",
      `types.lua has no type ${name}`,
      "declare it there, or use one that stands there",
    );
    return undefined;
  }
  if (known.kind === "record" && element === undefined) {
    problems.atText(
      tag,
      text,
      "contract/record",
      `the record ${name} stands alone`,
      `use a list of them: ${name}[]`,
    );
    return undefined;
  }
  if (known.kind === "text" && known.leastBytes === 0 && optional && tag.name === "param") {
    problems.atText(
      tag,
      text,
      "contract/optional",
      `an absent ${name} and an empty one look the same`,
      "use a type of at least one byte, or no ?",
    );
  }
  return {
    type: element === undefined ? { kind: "named", name } : { kind: "list", element: name },
    optional,
  };
}
