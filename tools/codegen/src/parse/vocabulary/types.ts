import type { FieldModel, TypeModel } from "../../model/model.js";
import { isBytesType } from "../../model/resolve.js";
import { camel, pascal } from "../../naming.js";
import type { Problems } from "../problem.js";
import { type Doc, docsOf, purposeOf, type Tag } from "../source/doc.js";
import type { Source } from "../source/source.js";
import { CHOICES, checkStray, readChoices, unknownTag } from "../source/tags.js";
import { checkDefaultFits, readCharset, readGenerated, readRange } from "./bounds.js";

const TAGS = new Set(["meta", "alias", "class", "field", "range", "charset", "unit", "default"]);
const NAME = /^[a-z][a-z0-9_]*$/;
/** What no field of a Lua table can be called, as in `item.end`. */
const KEYWORDS = new Set(
  "and break do else elseif end false for function if in local nil not or repeat return then true until while".split(
    " ",
  ),
);

const HIDES_VALUE_OF = "its TypeScript name is ValueOf, which the generated types use";

/** Reads `types.lua`: one type a documentation block. */
export function readTypes(source: Source, problems: Problems): TypeModel[] {
  const types: TypeModel[] = [];
  const fieldTags = new Map<FieldModel, Tag>();
  for (const doc of docsOf(source)) {
    for (const tag of doc.tags) {
      if (!TAGS.has(tag.name)) unknownTag(tag, [...TAGS], problems);
      else checkStray(tag, problems);
    }
    const type = readType(doc, fieldTags, problems);
    if (type === undefined) continue;
    const earlier = types.find((other) => camel(other.name) === camel(type.name));
    if (earlier !== undefined) {
      const same = earlier.name === type.name;
      problems.at(
        type.position,
        type.name.length,
        "types/twice",
        same
          ? `the type ${type.name} is already declared on line ${earlier.position.line}`
          : `the types ${type.name} and ${earlier.name} are both ${camel(type.name)} in TypeScript`,
        same ? "remove one of the two" : "rename one of the two",
      );
      continue;
    }
    types.push(type);
  }
  checkFields(types, fieldTags, problems);
  return types;
}

function readType(doc: Doc, fieldTags: Map<FieldModel, Tag>, problems: Problems): TypeModel | undefined {
  const { purpose } = purposeOf(doc);
  const record = doc.tags.find((tag) => tag.name === "class");
  // For lua-language-server: contracts write a list of rows without tables as flat<row>.
  if (record !== undefined && /^flat<\w+>/.test(record.text)) return undefined;
  if (record !== undefined) return readRecord(doc, record, purpose, fieldTags, problems);
  const alias = doc.tags.find((tag) => tag.name === "alias");
  if (alias === undefined) return undefined;
  const [, name = "", base = ""] = /^(\S+)\s*(.*)$/.exec(alias.text) ?? [];
  const position = alias.textPosition;
  if (!NAME.test(name)) {
    problems.atText(
      alias,
      name,
      "types/name",
      "a type's name consists of lowercase letters, digits and underscores",
      "write it as epoch_ms",
    );
    return undefined;
  }
  if (purpose === "")
    problems.at(
      position,
      name.length,
      "types/purpose",
      `the type ${name} has no description`,
      "write a sentence above it",
    );
  if (base.startsWith('"') && pascal(name) === "ValueOf")
    problems.atText(alias, name, "types/name", HIDES_VALUE_OF, "rename the type");
  const generated = readGenerated(doc, base, problems);
  if (base === "boolean") return { kind: "flag", name, purpose, position };
  if (base.startsWith('"')) {
    const values = readChoices(base);
    if (values !== undefined) return { kind: "choice", name, purpose, values, position };
  }
  if (base !== "integer" && base !== "string") {
    problems.atText(
      alias,
      base,
      "types/base",
      base.startsWith('"')
        ? CHOICES
        : base === ""
          ? "the type has no base"
          : `a type cannot have the base ${base}`,
      'use integer, string, boolean or choices such as "yes"|"no"',
      name.length,
    );
    return undefined;
  }
  const range = readRange(doc, alias, name, problems);
  if (base === "integer") {
    const unit = doc.tags.find((tag) => tag.name === "unit")?.text;
    return {
      kind: "integer",
      name,
      purpose,
      ...(unit === undefined ? {} : { unit }),
      min: range[0],
      max: range[1],
      generated,
      position,
    };
  }
  const charset = readCharset(doc, alias, name, problems);
  if (generated) checkDefaultFits(doc, range, charset, problems);
  return {
    kind: "text",
    name,
    purpose,
    minBytes: range[0],
    maxBytes: range[1],
    charset,
    generated,
    position,
  };
}

function readRecord(
  doc: Doc,
  tag: Tag,
  purpose: string,
  fieldTags: Map<FieldModel, Tag>,
  problems: Problems,
): TypeModel | undefined {
  if (!NAME.test(tag.text)) {
    problems.atText(
      tag,
      tag.text,
      "types/name",
      "a record's name consists of lowercase letters, digits and underscores",
      "write it as due_item",
    );
    return undefined;
  }
  if (pascal(tag.text) === "ValueOf")
    problems.atText(tag, tag.text, "types/name", HIDES_VALUE_OF, "rename the record");
  const fields: FieldModel[] = [];
  for (const field of doc.tags.filter((other) => other.name === "field")) {
    const [, name = "", type = "", note = ""] = /^(\S+)\s+(\S+)\s*(.*)$/.exec(field.text) ?? [];
    if (!NAME.test(name))
      problems.atText(
        field,
        field.text,
        "types/field",
        "a field has a name and a type",
        "write it as: @field item id",
      );
    else if (KEYWORDS.has(name))
      problems.atText(field, name, "types/field", `${name} is a keyword of Lua`, "rename the field");
    else if (fields.some((other) => camel(other.name) === camel(name)))
      problems.atText(
        field,
        name,
        "types/field",
        `two fields of ${tag.text} are both ${camel(name)} in TypeScript`,
        "rename one of the two",
      );
    else {
      const read = { name, type, note };
      fields.push(read);
      fieldTags.set(read, field);
    }
  }
  if (!doc.tags.some((other) => other.name === "field"))
    problems.atTag(tag, "types/field", `the record ${tag.text} has no fields`, "add: @field <name> <type>");
  return { kind: "record", name: tag.text, purpose, fields, position: tag.textPosition };
}

function checkFields(
  types: readonly TypeModel[],
  fieldTags: ReadonlyMap<FieldModel, Tag>,
  problems: Problems,
): void {
  for (const [field, tag] of fieldTags) {
    const type = types.find((other) => other.name === field.type);
    const wrong =
      type === undefined
        ? "is not declared"
        : type.kind === "record"
          ? "is a record"
          : isBytesType(type)
            ? "has raw bytes"
            : undefined;
    if (wrong === undefined) continue;
    problems.atText(
      tag,
      field.type,
      "types/field",
      `the field ${field.name} has the type ${field.type}, which ${wrong}`,
      wrong === "has raw bytes"
        ? "use a type with another @charset"
        : "use a type of this file that is not a record",
      field.name.length,
    );
  }
}
