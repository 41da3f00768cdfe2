import type { ReplyField } from "../../model/model.js";
import { choicesIn } from "../../model/resolve.js";
import { camel } from "../../naming.js";
import type { Problems } from "../problem.js";
import type { Tag } from "../source/doc.js";
import { readTypeRef, type Vocabulary } from "../vocabulary/type-reference.js";

/** Reads the `@return` tags of a script. */
export function readReturns(tags: readonly Tag[], vocabulary: Vocabulary, problems: Problems): ReplyField[] {
  const replies: ReplyField[] = [];
  const taken = new Set<string>();
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
      /^(?:(sometimes):?(?:\s+|$))?(?:when\s+([a-z0-9_|]+):?\s*)?(.*)$/.exec(rest) ?? [];
    if (taken.has(camel(name)))
      problems.atText(
        tag,
        name,
        "contract/twice",
        `two return values have the name ${name}`,
        "rename one of them",
      );
    taken.add(camel(name));
    const field: ReplyField = {
      name,
      type: read.type,
      ...(outcomes === undefined ? {} : { when: outcomes.split("|") }),
      sometimes: sometimes !== undefined || (read.optional && outcomes === undefined),
      note,
      position: tag.textPosition,
    };
    if (sometimes !== undefined && !read.optional)
      problems.atText(
        tag,
        type,
        "contract/when",
        `${name} is sometimes absent, but its type does not allow it`,
        "write a ? after the type",
      );
    // Where the outcomes themselves could not be read, nothing is known of them.
    if (replies.length > 0 || tag === tags[0])
      checkWhen(tag, field, read.optional || sometimes !== undefined, replies[0], vocabulary, problems);
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
  const outcomes = first === undefined ? undefined : choicesIn(vocabulary, first.type);
  if (first?.name !== "outcome" || outcomes === undefined) {
    problems.atText(
      tag,
      "when",
      "contract/when",
      "`when` needs outcomes, but the first return value is not an outcome",
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
        `the outcome ${outcome} does not exist`,
        `use ${outcomes.join(", ")}`,
      );
  }
  if (!optional)
    problems.atText(
      tag,
      tag.text.split(/\s+/)[0] ?? "",
      "contract/when",
      `${field.name} is absent with other outcomes, but its type does not allow it`,
      "write a ? after the type",
    );
}
