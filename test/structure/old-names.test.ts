import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import { describe, expect, test } from "vitest";
import model from "../../generated/model.json" with { type: "json" };
import { entryPoints, filesBelow, ROOT } from "../support/imports.js";

interface OldName {
  readonly kind: string;
  readonly folder: string;
  readonly old: string;
  readonly now: string;
}

const oldNames: readonly OldName[] = readFileSync(new URL("old-names.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => {
    const [kind = "", folder = "", old = "", now = ""] = line.split(/ {2,}/);
    return { kind, folder, old, now };
  });

function ofKind(...kinds: string[]): readonly OldName[] {
  return oldNames.filter(({ kind }) => kinds.includes(kind));
}

/** What a file declares, and its string literals. */
function namesIn(file: string): {
  readonly declared: ReadonlySet<string>;
  readonly literals: ReadonlySet<string>;
} {
  const declared = new Set<string>();
  const literals = new Set<string>();
  const declare = (node: unknown) => {
    if (typeof node !== "object" || node === null) return;
    if ("type" in node && node.type === "PrivateIdentifier" && "name" in node)
      declared.add(`#${String(node.name)}`);
    else if ("name" in node && typeof node.name === "string") declared.add(node.name);
    else if ("left" in node) declare(node.left);
  };
  const { program } = parseSync(file, readFileSync(join(ROOT, file), "utf8"), { lang: "ts" });
  new Visitor({
    VariableDeclarator: ({ id }) => declare(id),
    FunctionDeclaration: ({ id, params }) => [id, ...params].forEach(declare),
    FunctionExpression: ({ params }) => params.forEach(declare),
    ArrowFunctionExpression: ({ params }) => params.forEach(declare),
    ClassDeclaration: ({ id }) => declare(id),
    TSInterfaceDeclaration: ({ id }) => declare(id),
    TSTypeAliasDeclaration: ({ id }) => declare(id),
    TSPropertySignature: ({ key }) => declare(key),
    TSMethodSignature: ({ key }) => declare(key),
    PropertyDefinition: ({ key }) => declare(key),
    MethodDefinition: ({ key }) => declare(key),
    Property: ({ key, value }) => [key, value].forEach(declare),
    Literal: ({ value }) => {
      if (typeof value === "string") literals.add(value);
    },
  }).visit(program);
  return { declared, literals };
}

/** The locals and functions of a Lua file. */
function declaredIn(lua: string): ReadonlySet<string> {
  const names = [...lua.matchAll(/^\s*local (?:function )?([\w, ]+?)(?:\(| =|$)/gm)];
  return new Set(names.flatMap(([, list = ""]) => list.split(",").map((name) => name.trim())));
}

const files = ["src", "generated/ts", "tools", "examples", "test"]
  .flatMap((folder) => filesBelow(folder))
  .filter((file) => !/\/golden\/|\/corpus\/|test\/structure\//.test(file));

describe("names that the project no longer uses", () => {
  test("are declared in no TypeScript file", () => {
    const found = files.flatMap((file) => {
      const { declared, literals } = namesIn(file);
      return ofKind("declaration", "value")
        .filter(({ folder }) => folder === "." || file.startsWith(`${folder}/`))
        .filter(({ kind, old }) => (kind === "value" ? literals : declared).has(old))
        .map(({ old, now }) => `${file}: ${old} -> ${now}`);
    });
    expect(found).toEqual([]);
  });

  test("stand in no contract", () => {
    const wordsOf = (folder: string) => {
      const inFolder = model.scripts.filter(({ name }) => `lua/${name.replace(".", "/")}`.startsWith(folder));
      return new Set([
        ...model.types.map(({ name }) => name),
        ...inFolder.flatMap(({ name, args, replies }) => [
          name,
          ...args.map((arg) => arg.name),
          ...replies.flatMap((reply) => [
            reply.name,
            ...("values" in reply && Array.isArray(reply.values) ? reply.values : []),
          ]),
        ]),
      ]);
    };
    expect(ofKind("contract").filter(({ folder, old }) => wordsOf(`${folder}/`).has(old))).toEqual([]);
  });

  test("are declared in no Lua file", () => {
    const found = filesBelow("lua", ".lua").flatMap((file) => {
      const declared = declaredIn(readFileSync(join(ROOT, file), "utf8"));
      return ofKind("lua")
        .filter(({ old }) => declared.has(old))
        .map(({ old, now }) => `${file}: ${old} -> ${now}`);
    });
    expect(found).toEqual([]);
  });

  test("have a kind that is read here", () => {
    expect([...new Set(oldNames.map(({ kind }) => kind))].sort()).toEqual([
      "contract",
      "declaration",
      "entry",
      "lua",
      "value",
    ]);
  });

  test("name no entry point", () => {
    expect(ofKind("entry").filter(({ old }) => entryPoints.has(old))).toEqual([]);
  });
});
