import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { circleIn, entryPoints, filesBelow, type Import, importsOf, ROOT } from "../support/imports.js";

const guide = readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8");

interface Row {
  readonly folder: string;
  /** Undefined where every file may be imported. */
  readonly publicFiles: readonly string[] | undefined;
  /** The entry points of the package, in the order of the public files that they lead to. */
  readonly entryPoints: readonly string[];
}

/** The table of folders in CONTRIBUTING.md, from top to bottom. */
const rows: readonly Row[] = [
  ...guide.matchAll(/^\| `((?:src|generated)[\w/-]*)` \| (.+?) \| (.+?) \|/gm),
].map(([, folder = "", file = "", entry = ""]) => ({
  folder,
  publicFiles:
    file === "all files"
      ? undefined
      : file
          .replaceAll("`", "")
          .split(", ")
          .map((name) => `${folder}/${name}`),
  entryPoints: [...entry.matchAll(/`(moonpath[\w/-]*)`/g)].map(([, name = ""]) => name),
}));

/** The row of the deepest folder that holds the file. */
function rowOf(file: string): number {
  const holds = ({ folder }: Row) => file.startsWith(`${folder}/`);
  const deepest = rows
    .filter(holds)
    .reduce((one, other) => (other.folder.length > one.length ? other.folder : one), "");
  return rows.findIndex(({ folder }) => folder === deepest);
}

const product = importsOf([...filesBelow("src"), ...filesBelow("generated/ts")]);

/** Why an import breaks the table; undefined if it does not. */
function faultOf({ from, to }: Import): string | undefined {
  const [own, other] = [rowOf(from), rowOf(to)];
  if (own === other) return undefined;
  const row = rows[other];
  if (row === undefined) return "imports a file that is in no row";
  if (other > own) return "imports a row below its own";
  return row.publicFiles === undefined || row.publicFiles.includes(to)
    ? undefined
    : `imports another file than ${row.publicFiles.join(", ")}`;
}

describe("the table of folders in CONTRIBUTING.md", () => {
  test("has a row for every folder of src", () => {
    const folders = new Set(
      filesBelow("src").map((file) =>
        file
          .split("/")
          .slice(0, file.split("/").length > 2 ? 2 : 1)
          .join("/"),
      ),
    );
    expect(
      rows
        .map(({ folder }) => folder)
        .filter((folder) => folder !== "generated/ts")
        .sort(),
    ).toEqual([...folders].sort());
  });

  test("names the entry points of the package, and the files that they lead to", () => {
    // `moonpath` has what several folders export, and the command is no entry point.
    const named = rows.flatMap(({ folder, entryPoints, publicFiles }) =>
      folder === "src/command"
        ? []
        : entryPoints.flatMap((name, index) =>
            name === "moonpath" ? [] : [[name, publicFiles?.[index]] as const],
          ),
    );
    const exported = [...entryPoints].filter(([name]) => name !== "moonpath");
    expect(new Map(named)).toEqual(new Map(exported));
    expect(entryPoints.get("moonpath")).toBe("src/index.ts");
  });

  test("allows every import of the product", () => {
    const faults = product.flatMap((one) => {
      const fault = faultOf(one);
      return fault === undefined ? [] : [`${one.from} ${fault}: ${one.to}`];
    });
    expect(faults).toEqual([]);
  });
});

describe("imports", () => {
  const everywhere = importsOf([
    ...filesBelow("src"),
    ...filesBelow("generated/ts"),
    ...filesBelow("tools"),
    ...filesBelow("examples"),
  ]);

  test("form no circle", () => {
    expect(circleIn(everywhere)).toBeUndefined();
  });

  test("lead from the generator only to itself", () => {
    const others = everywhere.filter(
      ({ from, to }) => from.startsWith("tools/codegen/") && !to.startsWith("tools/codegen/"),
    );
    expect(others).toEqual([]);
  });

  test("lead to tools from no file that ships", () => {
    const ships = ({ from }: Import) => /^(src|generated)\//.test(from);
    expect(everywhere.filter((one) => ships(one) && one.to.startsWith("tools/"))).toEqual([]);
  });

  test("name the package in generated code, as a stranger's code does", () => {
    const leaving = everywhere.filter(
      ({ from, to }) => from.startsWith("generated/") && !to.startsWith("generated/"),
    );
    expect(new Set(leaving.map(({ specifier }) => specifier))).toEqual(new Set(["moonpath/client"]));
  });
});

describe("folders", () => {
  test("hold at most 20 files each", () => {
    const counts = new Map<string, number>();
    const sources = ["src", "tools", "examples", "test"].flatMap((folder) => filesBelow(folder));
    for (const file of [...sources, ...filesBelow("lua", ".lua")]) {
      if (/test\/tools\/codegen\/golden\//.test(file)) continue;
      const folder = file.slice(0, file.lastIndexOf("/"));
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count > 20)).toEqual([]);
  });
});
