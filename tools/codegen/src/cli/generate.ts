import { realpath } from "node:fs/promises";
import { watch } from "chokidar";
import type { Difference } from "../disk/differences.js";
import { readFolderIfThere } from "../disk/read.js";
import { writeFolder } from "../disk/write.js";
import { counted } from "../naming.js";
import type { Files } from "../parse/folder.js";
import { formatProblems } from "../report.js";
import { isGeneratedFile } from "./generated-file.js";
import { refuseLinkedAway } from "./linked-away.js";
import {
  asCommandError,
  CommandError,
  type FolderOptions,
  OUTPUT_ENDINGS,
  ownFiles,
  refuseOutputAmongSources,
  shown,
} from "./options.js";
import { readSources } from "./sources.js";
import { print } from "./terminal.js";

/**
 * `moonpath-codegen generate`: writes the output folder, or tells all problems and writes nothing.
 */
export async function runGenerate(options: FolderOptions & { readonly watch?: boolean }): Promise<void> {
  if (options.watch !== true) {
    print(await generateOnce(options));
    return;
  }
  await watchFolder(options);
}

async function generateOnce(options: FolderOptions): Promise<string> {
  refuseOutputAmongSources(options);
  await refuseLinkedAway(options.out, "--out");
  const { files, generated } = await readSources(options);
  if (generated.problems.length > 0)
    throw new CommandError(formatProblems(generated.problems, files, shown(options.lua)));
  const foreign = await foreignFiles(options, generated.files);
  const touched = await writeFolder(options.out, generated.files, OUTPUT_ENDINGS, isGeneratedFile);
  return [
    summarize(generated.model.scripts.length, touched, options),
    ...foreign.map((path) => `${shown(options.out)}/${path} was not written by moonpath-codegen, and stays`),
  ].join("\n");
}

function summarize(scripts: number, touched: Difference, options: FolderOptions): string {
  const { missing, changed, extra } = touched;
  const parts = [
    ...(missing.length > 0 ? [`${missing.length} new`] : []),
    ...(changed.length > 0 ? [`${changed.length} changed`] : []),
    ...(extra.length > 0 ? [`${extra.length} removed`] : []),
  ];
  return `${counted(scripts, "script")} from ${shown(options.lua)} into ${shown(options.out)}: ${parts.length === 0 ? "nothing changed" : parts.join(", ")}`;
}

/**
 * What somebody else wrote into the output folder, and what stays there. Refused where it stands in
 * the way, and in a folder that holds nothing of ours: a wrong --out must not cost anybody a file.
 */
async function foreignFiles(options: FolderOptions, wanted: Files): Promise<string[]> {
  const found = ownFiles(await readFolderIfThere(options.out, OUTPUT_ENDINGS));
  const own = [...found].filter(([path, text]) => text === wanted.get(path) || isGeneratedFile(path, text));
  const foreign = [...found.keys()].filter((path) => !own.some(([other]) => other === path));
  const refused = own.length === 0 ? foreign : foreign.filter((path) => wanted.has(path));
  const [first] = refused;
  if (first === undefined) return foreign;
  throw new CommandError(
    `${shown(options.out)} holds ${counted(refused.length, "file")} that moonpath-codegen did not write, such as ${first}; move them, or name another folder with --out`,
  );
}

async function watchFolder(options: FolderOptions): Promise<void> {
  const say = async (): Promise<void> => {
    const clock = new Date().toTimeString().slice(0, 8);
    try {
      print(`${clock} ${await generateOnce(options)}`);
    } catch (error) {
      // A file may vanish while it is read: editors replace it with another one, and the next run
      // reads that one.
      const known = asCommandError(error);
      if (known === undefined) throw error;
      print(`${clock} ${known.message}`);
    }
  };
  await say();
  // One run at a time; saves that come meanwhile are answered by one run after it.
  let running = Promise.resolve();
  let waiting = false;
  // The folder may be a link; links in it are not followed.
  const watcher = watch(await realpath(options.lua), {
    followSymlinks: false,
    ignoreInitial: true,
    awaitWriteFinish: { stabilityThreshold: 50, pollInterval: 10 },
  });
  watcher.on("all", () => {
    if (waiting) return;
    waiting = true;
    running = running.then(async () => {
      waiting = false;
      await say();
    });
  });
  await new Promise<void>((resolve, reject) => {
    watcher.once("ready", () => print(`watching ${shown(options.lua)}; stop with Ctrl+C`));
    watcher.once("error", reject);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await watcher.close();
  await running;
}
