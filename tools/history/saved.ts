import { readFileSync, writeFileSync } from "node:fs";
import type { Call, Operation } from "./call.js";

/** Writes the calls on one object to a file, so that people can study them. */
export function save(file: string, history: readonly Call<Operation>[]): void {
  // JSON has no Infinity: a call without an end has `null`.
  writeFileSync(file, `[\n${history.map((call) => JSON.stringify(call)).join(",\n")}\n]\n`);
}

/** Reads a saved history. The file must be of this program. */
export function readSaved<Op extends Operation>(file: string): readonly Call<Op>[] {
  const calls: (Omit<Call<Op>, "endedMs"> & { endedMs: number | null })[] = JSON.parse(
    readFileSync(file, "utf8"),
  );
  return calls.map(({ endedMs, ...call }) => ({ ...call, endedMs: endedMs ?? Infinity }));
}
