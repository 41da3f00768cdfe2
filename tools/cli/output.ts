import { readFolder } from "../disk/read.js";
import type { Files } from "../parse/folder.js";
import { OUTPUT_ENDINGS } from "./options.js";

/** What stands in the output folder; nothing where there is none yet. Any other fault is told. */
export async function readOutput(folder: string): Promise<Files> {
  try {
    return await readFolder(folder, OUTPUT_ENDINGS);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return new Map();
    throw error;
  }
}
