import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "./json.js";
import type { Finding, SavedInput } from "./session.js";

/** The saved inputs of a target, in the order of their files' names. */
export function readCorpus(folder: string): SavedInput[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith(".json"),
  );
  return files
    .map(({ name }) => join(folder, name))
    .sort()
    .map((file) => ({ file, input: inputOf(file) }));
}

function inputOf(file: string): unknown {
  const saved: unknown = JSON.parse(readFileSync(file, "utf8"));
  return isRecord(saved) ? saved["input"] : undefined;
}

/** Saves a new finding with its reason and the command that repeats it. Returns the file. */
export function saveFinding(folder: string, target: string, { message, input }: Finding): string {
  const digest = createHash("sha1").update(JSON.stringify(input)).digest("hex").slice(0, 10);
  const [why] = message.split("\n");
  const repeat = `npm run fuzz -- --only ${target} --seconds 0`;
  const file = join(folder, `${digest}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ why, repeat, input }, null, 2)}\n`);
  return file;
}
