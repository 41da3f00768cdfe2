import type { ScriptModel } from "../../model/model.js";

/** The file of a script's sheet, below the folder of all sheets. */
export function sheetOf({ file }: Pick<ScriptModel, "file">): string {
  return file.replace(/\.lua$/, ".md");
}
