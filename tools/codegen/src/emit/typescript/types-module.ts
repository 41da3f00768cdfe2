import type { TypeModel } from "../../model/model.js";
import { isBytesType } from "../../model/resolve.js";
import { camel, declarable, exported, pascal } from "../../naming.js";
import { clientAtRoot, quote, type TypeScriptContext, usedNames } from "./context.js";
import { boundsOf, sentence } from "./describe.js";
import { jsdoc } from "./jsdoc.js";

/** `types.ts`: how each type of the vocabulary is encoded and decoded, with its bounds. */
export function emitTypes(context: TypeScriptContext): string {
  const body = context.model.types.flatMap((type) => ["", ...declare(type), ...exported(camel(type.name))]);
  const text = body.join("\n");
  const imported = [
    ...usedNames(
      text,
      ["bytesType", "choiceType", "flagType", "integerType", "recordType", "textType"],
      "(?:\\(|;)",
    ),
    ...usedNames(text, ["ValueOf"], "<").map((name) => `type ${name}`),
  ];
  const lines = [
    `// Generated from ${context.sourceRoot}/types.lua by moonpath-codegen. DO NOT EDIT.`,
    `import { ${imported.join(", ")} } from ${quote(clientAtRoot(context))};`,
    text,
  ];
  return `${lines.join("\n")}\n`;
}

/** Lets bundlers drop a type that nothing uses. */
const PURE = "/* @__PURE__ */ ";

function declare(type: TypeModel): string[] {
  const name = camel(type.name);
  const is = declarable(name) === name ? `export const ${name} =` : `const ${declarable(name)} =`;
  switch (type.kind) {
    case "integer":
      return [
        ...jsdoc("", [type.purpose, sentence(boundsOf(type))]),
        `${is} ${PURE}integerType(${quote(type.name)}, ${type.min}, ${type.max});`,
      ];
    case "text":
      if (isBytesType(type)) {
        return [
          ...jsdoc("", [type.purpose, sentence(boundsOf(type))]),
          `${is} ${PURE}bytesType(${quote(type.name)}, ${type.minBytes}, ${type.maxBytes});`,
        ];
      }
      return [
        ...jsdoc("", [type.purpose, sentence(boundsOf(type))]),
        `${is} ${PURE}textType(${quote(type.name)}, ${type.minBytes}, ${type.maxBytes}, ${quote(type.charset)});`,
      ];
    case "flag":
      return [...jsdoc("", [type.purpose]), `${is} flagType;`];
    case "choice":
      return [
        ...jsdoc("", [type.purpose]),
        `${is} ${PURE}choiceType([${type.values.map(quote).join(", ")}]);`,
        ...jsdoc("", [type.purpose]),
        `export type ${pascal(type.name)} = ValueOf<typeof ${declarable(name)}>;`,
      ];
    case "record":
      return [
        ...jsdoc("", [type.purpose]),
        `${is} ${PURE}recordType({`,
        ...type.fields.flatMap((field) => [
          ...(field.note === "" ? [] : jsdoc("  ", [sentence(field.note)])),
          `  ${camel(field.name)}: ${declarable(camel(field.type))},`,
        ]),
        "});",
        ...jsdoc("", [type.purpose]),
        `export type ${pascal(type.name)} = ValueOf<typeof ${declarable(name)}>;`,
      ];
  }
}
