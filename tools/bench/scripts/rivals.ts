import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

/** A lean script, written by hand, that does the same work as a generated one. */
export interface Rival {
  /** The script that it is compared with, for example `views.add`. */
  readonly script: string;
  readonly lua: string;
  readonly digest: string;
}

const FOLDER = new URL("../rivals/", import.meta.url);

/** Reads `tools/bench/rivals/<domain>.<operation>.lua`; see README.md there. */
export function readRivals(): readonly Rival[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".lua"))
    .toSorted()
    .map((file) => {
      const lua = readFileSync(new URL(file, FOLDER), "utf8");
      return { script: file.slice(0, -".lua".length), lua, digest: digestOf(lua) };
    });
}

/** The digest for EVALSHA. */
export function digestOf(lua: string): string {
  return createHash("sha1").update(lua).digest("hex");
}
