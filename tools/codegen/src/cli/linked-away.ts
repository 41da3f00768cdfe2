import { realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { isInside } from "../disk/read.js";
import { CommandError, shown } from "./options.js";

/**
 * Refuses a folder below the working folder if a link leads out of it, because a repository may
 * contain such a link under an option's default name. It accepts a folder elsewhere, because
 * somebody named it.
 *
 * @throws CommandError
 */
export async function refuseLinkedAway(folder: string, option: "--lua" | "--out"): Promise<void> {
  const path = resolve(folder);
  if (!isInside(process.cwd(), path)) return;
  const real = await nearestRealPath(path);
  if (isInside(await realpath(process.cwd()), real)) return;
  throw new CommandError(
    `${shown(folder)} is a link that leads out of this folder, to ${real}; set the real folder with ${option}`,
    2,
  );
}

/** The real path of `start`, or of the nearest folder above it that exists. */
async function nearestRealPath(start: string): Promise<string> {
  for (let path = start; ; path = dirname(path)) {
    const real = await realpath(path).catch(() => undefined);
    if (real !== undefined || path === dirname(path)) return real ?? path;
  }
}
