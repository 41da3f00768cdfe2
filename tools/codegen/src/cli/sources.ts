import { stat } from "node:fs/promises";
import { COSTS_FILE, type Costs, readCosts } from "../costs.js";
import { readBytes } from "../disk/read.js";
import { type Generated, generate } from "../generate.js";
import { LOCK_FILE, type Lock, readLock } from "../lock/lockfile.js";
import type { Files } from "../parse/folder.js";
import { Problems } from "../parse/problem.js";
import { formatProblems } from "../report.js";
import { refuseLinkedAway } from "./linked-away.js";
import { CommandError, type FolderOptions, generateOptions, shown } from "./options.js";

/** A `lua/` folder, read and generated from. */
export interface Sources {
  readonly files: Files;
  readonly generated: Generated;
  readonly lock: Lock;
}

/** Reads the folder that `--lua` names. */
export async function readSources(options: FolderOptions): Promise<Sources> {
  const isFolder = await stat(options.lua).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder)
    throw new CommandError(
      `the folder ${shown(options.lua)} does not exist; set the folder of your scripts with --lua`,
      2,
    );
  await refuseLinkedAway(options.lua, "--lua");
  const found = await readBytes(options.lua, [".lua", LOCK_FILE, COSTS_FILE], "inside");
  const files = decoded(new Map([...found].filter(([path]) => path.endsWith(".lua"))), shown(options.lua));
  if (files.size === 0) throw new CommandError(`${shown(options.lua)} contains no .lua file`, 2);
  for (const domain of options.wrapped ?? []) {
    if (![...files.keys()].some((file) => file.startsWith(`${domain}/`)))
      throw new CommandError(
        `--wrapped names the domain ${domain}, but ${shown(options.lua)}/${domain} has no script`,
        2,
      );
  }
  const text = found.get(LOCK_FILE)?.toString("utf8");
  const lock = text === undefined ? new Map() : readLock(text);
  if (lock === undefined) {
    throw new CommandError(
      `${shown(options.lua)}/${LOCK_FILE} is not a valid lock file; restore it from version control`,
    );
  }
  const costs = costsIn(found.get(COSTS_FILE), shown(options.lua));
  return { files, generated: generate(files, { ...generateOptions(options), costs }), lock };
}

/** What the scripts cost, if the folder has such a file. Review sheets work without it. */
function costsIn(bytes: Buffer | undefined, folder: string): Costs | undefined {
  if (bytes === undefined) return undefined;
  const costs = readCosts(bytes.toString("utf8"));
  if (costs !== undefined) return costs;
  throw new CommandError(
    `${folder}/${COSTS_FILE} does not have the form of a benchmark's costs; restore it from version control, or remove it`,
  );
}

/**
 * The texts of files in UTF-8. It refuses any other encoding, because decoding would replace bytes
 * and `format` would write the replacements back.
 */
function decoded(files: ReadonlyMap<string, Buffer>, folder: string): Files {
  const problems = new Problems();
  const texts = new Map<string, string>();
  for (const [file, bytes] of files) {
    const text = decode(bytes);
    texts.set(file, text ?? bytes.toString("utf8"));
    if (text === undefined) reportUndecodable(file, bytes, problems);
  }
  if (problems.all.length > 0) throw new CommandError(formatProblems(problems.all, texts, folder));
  return texts;
}

function reportUndecodable(file: string, bytes: Buffer, problems: Problems): void {
  let start = 0;
  for (let line = 1; start <= bytes.length; line += 1) {
    const end = bytes.indexOf("\n", start);
    const part = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (decode(part) === undefined) {
      const column = part.toString("utf8").indexOf("\uFFFD") + 1;
      const fix = "save the file as UTF-8; in a Lua string, write other bytes as escapes such as \\233";
      problems.at({ file, line, column }, 1, "parse/encoding", "these bytes are not valid UTF-8", fix);
      return;
    }
    start += part.length + 1;
  }
}

function decode(bytes: Buffer): string | undefined {
  try {
    // A byte order mark stays in the text, because the checks report it.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
