import type { ArgParam, ExampleModel, KeyParam, ReplyField } from "../../model/model.js";
import type { Problems } from "../problem.js";
import { purposeOf, type Tag } from "../source/doc.js";
import type { Module } from "../source/module.js";
import { checkStray, unknownTag } from "../source/tags.js";
import type { Vocabulary } from "../vocabulary/type-reference.js";
import { readExample } from "./example.js";
import { readMany } from "./many.js";
import { readParams } from "./params.js";
import { readReturns } from "./returns.js";

/** What a script's annotations promise. */
export interface Contract {
  readonly purpose: string;
  readonly description: string;
  readonly version: string;
  readonly keys: readonly KeyParam[];
  readonly args: readonly ArgParam[];
  readonly replies: readonly ReplyField[];
  readonly cost: string;
  /** `within`: the argument that says for how long a second run is safe. */
  readonly resend: { readonly mode: "safe" | "never"; readonly why: string; readonly within?: string };
  /** Why it runs even when memory is full, though its commands need some; absent: the commands decide. */
  readonly oom?: string;
  /** `worker`: only background workers call it; absent: services call it too. */
  readonly role?: "worker";
  /** The most calls that one run of its many form makes; absent: it has no such form. */
  readonly many?: number;
  readonly examples: readonly ExampleModel[];
}

const TAGS = ["version", "param", "return", "cost", "resend", "oom", "role", "many", "example"];

/** Reads a script's contract from the documentation above its function. */
export function readContract(
  module: Module,
  vocabulary: Vocabulary,
  problems: Problems,
): Contract | undefined {
  const { doc, position, name } = module;
  if (doc === undefined) {
    problems.at(
      position,
      "local function ".length + name.length,
      "contract/missing",
      `the function ${name} has no contract`,
      "write the contract in --- lines directly above the function",
    );
    return undefined;
  }
  for (const tag of doc.tags) {
    if (!TAGS.includes(tag.name)) unknownTag(tag, TAGS, problems);
    else if (tag.name !== "example") checkStray(tag, problems);
  }
  const { purpose, description } = purposeOf(doc);
  if (purpose === "")
    problems.at(
      doc.position,
      3,
      "contract/purpose",
      "the contract does not say what the script does",
      "begin the contract with a sentence that a DBA understands",
    );
  const only = (tag: "version" | "cost" | "resend", example: string): Tag | undefined => {
    const found = doc.tags.filter((other) => other.name === tag);
    const [first, second] = found;
    if (second !== undefined)
      problems.atTag(second, "contract/twice", `the contract has @${tag} twice`, "remove one");
    if (first === undefined)
      problems.at(
        doc.position,
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
      "the version does not consist of three numbers",
      "write it as: @version 1.0.0",
    );
  }
  if (cost !== undefined && !/^O\(.+\)/.test(cost.text))
    problems.atText(
      cost,
      cost.text,
      "contract/cost",
      "the cost does not begin with O(…)",
      "write it as: @cost O(log N), N the tracked items",
    );
  const before = problems.all.length;
  const { keys, args } = readParams(
    module,
    doc.tags.filter((tag) => tag.name === "param"),
    vocabulary,
    problems,
  );
  // A parameter that could not be read would make its key's examples wrong too.
  const shownKeys = problems.all.length === before ? keys : undefined;
  const replies = readReturns(
    doc.tags.filter((tag) => tag.name === "return"),
    vocabulary,
    problems,
  );
  if (replies.length === 0)
    problems.at(
      doc.position,
      3,
      "contract/return",
      "the contract does not say what the script returns",
      'add: ---@return "done"|"refused" outcome',
    );
  const shown = doc.tags.filter((tag) => tag.name === "example");
  const examples = shown.flatMap((tag) => readExample(tag, shownKeys, problems) ?? []);
  if (shown.length < 3) {
    problems.at(
      doc.position,
      3,
      "contract/examples",
      `the contract has ${shown.length} of the 3 required examples`,
      "add examples of the usual case, of wrong or corrupt input, and of a repeated call",
    );
  }
  const sent = readResend(resend, args, vocabulary, problems);
  for (const { again, position } of resend === undefined || sent.mode === "safe" ? [] : examples) {
    if (again === undefined) continue;
    const message = 'with @resend never, an example cannot have a line "again"';
    problems.at(position, "@example".length, "contract/example", message, 'remove the line "again"');
  }
  return {
    purpose,
    description,
    version: version?.text ?? "0.0.0",
    keys,
    args,
    replies,
    cost: cost?.text ?? "",
    resend: sent,
    ...readOom(doc.tags, problems),
    ...readRole(doc.tags, problems),
    ...readMany(doc.tags, keys, problems),
    examples,
  };
}

/** `@oom runs <why>`: the script runs when memory is full, since letting it wait would be worse. */
function readOom(tags: readonly Tag[], problems: Problems): { oom?: string } {
  const [tag, second] = tags.filter((other) => other.name === "oom");
  if (tag === undefined) return {};
  if (second !== undefined)
    problems.atTag(second, "contract/twice", "the contract has @oom twice", "remove one");
  const why = /^runs\s+(.+)$/.exec(tag.text)?.[1];
  if (why !== undefined) return { oom: why };
  problems.atText(
    tag,
    tag.text,
    "contract/oom",
    "@oom is not of the form: runs <reason>",
    "write it as: @oom runs it moves what is stored already",
  );
  return {};
}

/** `@role worker`: no service calls the script. */
function readRole(tags: readonly Tag[], problems: Problems): { role?: "worker" } {
  const [tag, second] = tags.filter((other) => other.name === "role");
  if (tag === undefined) return {};
  if (second !== undefined)
    problems.atTag(second, "contract/twice", "the contract has @role twice", "remove one");
  if (tag.text === "worker") return { role: "worker" };
  problems.atText(
    tag,
    tag.text,
    "contract/role",
    tag.text === "" ? "@role has no value" : `the role ${tag.text} does not exist`,
    "write: @role worker; or remove it if services call the script too",
  );
  return {};
}

/** `safe within remember_ms, …`: a second run is safe for as long as that argument says. */
function readResend(
  tag: Tag | undefined,
  args: readonly ArgParam[],
  vocabulary: Vocabulary,
  problems: Problems,
): Contract["resend"] {
  const [, mode, why = ""] = /^(safe|never)\s+(.+)$/.exec(tag?.text ?? "") ?? [];
  if (mode !== "safe" && mode !== "never") {
    if (tag !== undefined)
      problems.atText(
        tag,
        tag.text,
        "contract/resend",
        "@resend is not of the form: safe <reason>, or: never <reason>",
        "write it as: @resend safe the sequence makes a second run change nothing",
      );
    return { mode: "never", why };
  }
  const within = /^within (\w+),/.exec(why)?.[1];
  if (mode === "never" || within === undefined) return { mode, why };
  if (
    tag !== undefined &&
    !isDuration(
      args.find(({ name }) => name === within),
      vocabulary,
    )
  )
    problems.atText(
      tag,
      within,
      "contract/resend",
      `${within} is not a required argument in milliseconds`,
      "name a required argument whose type has @unit milliseconds",
      tag.text.indexOf(within),
    );
  return { mode, why, within };
}

function isDuration(arg: ArgParam | undefined, { types }: Vocabulary): boolean {
  if (arg === undefined || arg.optional || arg.type.kind !== "named") return false;
  const { name } = arg.type;
  const type = types.find((other) => other.name === name);
  return type?.kind === "integer" && type.unit === "milliseconds";
}
