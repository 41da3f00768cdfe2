import { join } from "node:path";
import { readFolder } from "../../../tools/codegen/src/disk/read.js";
import { generate } from "../../../tools/codegen/src/generate.js";
import type { Files } from "../../../tools/codegen/src/parse/folder.js";
import { ROOT } from "../bundle.js";

/** The options with which this repository generates its own scripts. */
export const OWN_OPTIONS = { client: "moonpath/client", namespace: "shop", sourceRoot: "lua" };

/** The files of lua/. */
export const ownSources: Files = await readFolder(join(ROOT, "lua"), [".lua"]);

/** The output of all of lua/. The test files of a worker share it, because it takes over a second. */
export const ownOutput = generate(ownSources, OWN_OPTIONS);

/** The files of lua/ that these domains need: a smaller folder is checked faster. */
export function ownDomains(...domains: readonly string[]): Files {
  return new Map(
    [...ownSources].filter(([file]) => {
      const [folder = ""] = file.split("/");
      return folder === file || folder === "lib" || domains.includes(folder);
    }),
  );
}
